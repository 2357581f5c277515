import { base32 } from '../../lambda/policy/two-factor-secret.ts';
import { hotp } from '../../lambda/policy/two-factor-step.ts';
import { type Answer, type Browser, password, type Stack, signedIn } from './stack.ts';

const period = 30_000;

/** What an authenticator app holds. */
export interface Authenticator {
  /** The code of a step: 0 is now, 1 the next. */
  code(step?: number): string;
  /** A code that no step near now has. */
  wrong(): string;
}

export function authenticatorOf(totpUri: string): Authenticator {
  const secret = base32(new URL(totpUri).searchParams.get('secret') ?? '');
  const code = (step = 0) => hotp(secret, Math.floor(Date.now() / period) + step);
  return {
    code,
    wrong() {
      const right = [-2, -1, 0, 1, 2].map(code);
      return ['000000', '111111', '222222', '333333', '444444', '555555'].find((each) => !right.includes(each))!;
    },
  };
}

export interface Member {
  readonly email: string;
  readonly browser: Browser;
  readonly authenticator: Authenticator;
  readonly backupCodes: readonly string[];
}

/** A signed-in user with a second factor. Its set-up has used the code of the step before now. */
export async function memberWithSecondFactor(stack: Stack, browser: Browser, email: string): Promise<Member> {
  await signedIn(stack, browser, email);
  const { json } = await browser.post('/api/auth/two-factor/enable', { password });
  const authenticator = authenticatorOf(json.totpURI);
  // On a clock that goes on, the step may end in between.
  const { status } = await verifyTotp(browser, authenticator.code(-1));
  if (status !== 200) await verifyTotp(browser, authenticator.code(-1));
  return { email, browser, authenticator, backupCodes: json.backupCodes };
}

export const verifyTotp = (browser: Browser, code: string, more: object = {}): Promise<Answer> =>
  browser.post('/api/auth/two-factor/verify-totp', { code, ...more });

/** Another device, whose user has given the password and not yet a code. */
export async function challenged({ browser, email }: Member): Promise<Browser> {
  const device = browser.another();
  await device.post('/api/auth/sign-in/email', { email, password });
  return device;
}

export const isSignedIn = async (browser: Browser): Promise<boolean> =>
  (await browser.get('/api/auth/get-session')).json !== null;
