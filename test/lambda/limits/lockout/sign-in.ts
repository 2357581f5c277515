import { type Answer, type Browser, password, pathOf, type Stack } from '../../../support/stack.ts';

export const wrongPassword = 'not the password of anyone';

let networks = 0;
/** An address of a network that no other test uses. */
export function newSource(): string {
  networks += 1;
  return `100.64.${networks >> 8}.${networks & 255}`;
}

/** Signs in on a device that nobody knows. */
export const signInFrom = (
  browser: Browser,
  email: string,
  { password: tried = password, source = newSource() }: { password?: string; source?: string } = {},
): Promise<Answer> =>
  browser.another().send({
    method: 'POST',
    path: '/api/auth/sign-in/email',
    body: { email, password: tried },
    sourceIp: source,
  });

/** Wrong passwords one after the other. */
export async function failFrom(browser: Browser, email: string, source: string, times = 5): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let time = 0; time < times; time++) {
    answers.push(await signInFrom(browser, email, { password: wrongPassword, source }));
  }
  return answers;
}

/** Twenty wrong passwords from five sources. */
export async function attack(browser: Browser, email: string): Promise<void> {
  await Promise.all(Array.from({ length: 5 }, () => failFrom(browser, email, newSource(), 4)));
}

/** Signs up and verifies the address; no device has signed in yet. */
export async function newMember(stack: Stack, browser: Browser, email: string): Promise<string> {
  const visitor = browser.another();
  await visitor.post('/api/auth/sign-up/email', { name: 'Ada', email, password });
  const mail = (await stack.mails()).find(({ to, kind }) => to === email && kind === 'verify-email');
  // Nothing is mailed to an address that has an account already.
  if (mail) await visitor.get(pathOf(mail.url));
  return email;
}

/** Everything that a client sees of an answer, but what differs from request to request. */
export function visible({ status, json, headers, cookies }: Answer): object {
  const { requestId, ...body } = json;
  const same = [...headers].filter(([name]) => !/^(x-request-id|ratelimit)$/.test(name));
  return { status, body, headers: same, cookies };
}
