import { randomBytes } from 'node:crypto';
import { signer } from './derived-key.ts';

export interface DeviceTokens {
  /** The value of the device cookie after a sign-in of `login`: what it held for others stays. */
  remember(cookie: string | undefined, login: string): string;
  /** The device's own name for this login, if it signed in as it before. */
  deviceOf(cookie: string | undefined, login: string): string | undefined;
}

/** Users of one device that it stays known for; the oldest goes first. */
const maxTokens = 5;

/** `<device>.<issued, epoch seconds in base 36>.<signature>`; whom it is for is in the signature only. */
const tokenPattern = /^([\w-]{16})\.([\da-z]{1,8})\.([\w-]{43})$/;

/**
 * Device cookies as OWASP describes them: a signed value that says that this device signed in as a user before. It gives access to
 * nothing; it only moves the device's failures to a counter of its own. Each sign-in makes a new name, and so a new counter.
 */
export function deviceTokens(secrets: readonly string[], lifetime: number, now: () => Date): DeviceTokens {
  const signatures = signer(secrets, 'device cookie');
  const seconds = () => Math.floor(now().getTime() / 1000);

  function deviceIn(token: string, login: string): string | undefined {
    const [, device = '', issued = '', signature = ''] = tokenPattern.exec(token) ?? [];
    if (!device || !signatures.verify(signature, login, device, issued)) return undefined;
    const age = seconds() - Number.parseInt(issued, 36);
    return age < lifetime ? device : undefined;
  }

  return {
    remember(cookie, login) {
      const device = randomBytes(12).toString('base64url');
      const issued = seconds().toString(36);
      const others = tokensIn(cookie).filter((token) => !deviceIn(token, login));
      return [`${device}.${issued}.${signatures.sign(login, device, issued)}`, ...others].slice(0, maxTokens).join('~');
    },
    deviceOf(cookie, login) {
      for (const token of tokensIn(cookie)) {
        const device = deviceIn(token, login);
        if (device) return device;
      }
      return undefined;
    },
  };
}

const tokensIn = (cookie = ''): string[] => cookie.split('~', maxTokens).filter((token) => tokenPattern.test(token));
