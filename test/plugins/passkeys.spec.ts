import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BetterAuthPlugin } from 'better-auth';
import { auditEvents, captureLogs } from '../support/capture-logs.ts';
import { withCheapPasswords } from '../support/cheap-passwords.ts';
import { isSignedIn, memberWithSecondFactor, verifyTotp } from '../support/second-factor.ts';
import { type Answer, type Browser, origin, type Stack, signedIn, startStack } from '../support/stack.ts';
import { type Assertion, createAuthenticator } from './authenticator.ts';

/** Its types are not there when the project is compiled: only `npm run test:plugins` installs it. */
const name = '@better-auth/passkey';
const { passkey } = (await import(name)) as { passkey: (options: object) => BetterAuthPlugin };

type Authenticator = ReturnType<typeof createAuthenticator>;

let stack: Stack;
let container: Browser;
beforeAll(async () => {
  stack = await startStack();
  const cheap = withCheapPasswords();
  const plugins = [passkey({ rpID: new URL(origin).hostname, rpName: 'Test', origin })];
  container = await stack.start({ ...cheap, options: { ...cheap.options, plugins } });
});
afterAll(() => stack.stop());

const challengeOf = async (browser: Browser, kind: 'register' | 'authenticate'): Promise<string> =>
  (await browser.get(`/api/auth/passkey/generate-${kind}-options`)).json.challenge;

const verify = (browser: Browser, response: object): Promise<Answer> =>
  browser.post('/api/auth/passkey/verify-authentication', { response });

async function register(browser: Browser, key: Authenticator, assertion?: Assertion): Promise<Answer> {
  const response = key.register(await challengeOf(browser, 'register'), assertion);
  return browser.post('/api/auth/passkey/verify-registration', { response, name: 'key' });
}

async function signInWith(key: Authenticator, browser: Browser, assertion?: Assertion): Promise<Answer> {
  return verify(browser, key.authenticate(await challengeOf(browser, 'authenticate'), assertion));
}

let people = 0;
async function personWithKey() {
  const owner = container.another();
  const email = `key-${++people}@example.com`;
  await signedIn(stack, owner, email);
  const key = createAuthenticator(origin);
  expect(await register(owner, key)).toMatchObject({ status: 200 });
  return { owner, email, key };
}

test('a passkey signs its user in, on another device, without an address or a password; it is on record', async () => {
  const { key, email } = await personWithKey();
  const device = container.another();
  const output = await captureLogs(async () => {
    expect(await signInWith(key, device)).toMatchObject({ status: 200 });
  });
  expect(auditEvents(output)).toMatchObject([{ event: 'sign_in' }]);
  expect((await device.get('/api/auth/get-session')).json.user.email).toBe(email);
});

describe('a registration is refused', () => {
  test.each<[string, Assertion]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of a look-alike', { origin: `${origin}.evil.example` }],
    ['of another site’s key', { rpId: 'evil.example' }],
  ])('%s', async (_name, assertion) => {
    const browser = container.another();
    await signedIn(stack, browser, `refused-${++people}@example.com`);
    expect((await register(browser, createAuthenticator(origin), assertion)).status).toBeGreaterThanOrEqual(400);
    expect((await browser.get('/api/auth/passkey/list-user-passkeys')).json).toEqual([]);
  });

  test('without a session', async () => {
    expect(await container.another().get('/api/auth/passkey/generate-register-options')).toMatchObject({ status: 401 });
  });

  test('with the challenge of another browser, and a second time with its own', async () => {
    const [one, two] = [container.another(), container.another()];
    await signedIn(stack, one, `one-${++people}@example.com`);
    await signedIn(stack, two, `two-${people}@example.com`);
    const response = createAuthenticator(origin).register(await challengeOf(one, 'register'));
    await challengeOf(two, 'register');
    const body = { response, name: 'key' };
    expect((await two.post('/api/auth/passkey/verify-registration', body)).status).toBeGreaterThanOrEqual(400);
    expect(await one.post('/api/auth/passkey/verify-registration', body)).toMatchObject({ status: 200 });
    expect((await one.post('/api/auth/passkey/verify-registration', body)).status).toBeGreaterThanOrEqual(400);
  });
});

describe('a sign-in is refused, and on record', () => {
  test.each<[string, Assertion]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['over plain http', { origin: origin.replace('https', 'http') }],
    ['for another site', { rpId: 'evil.example' }],
    ['whose counter went back: the key was copied', { counter: 1 }],
  ])('%s', async (_name, assertion) => {
    const { key } = await personWithKey();
    await signInWith(key, container.another());
    const device = container.another();
    const output = await captureLogs(async () => {
      expect((await signInWith(key, device, assertion)).status).toBeGreaterThanOrEqual(400);
    });
    expect(auditEvents(output).at(-1)).toMatchObject({ event: 'sign_in_failed' });
    expect(await isSignedIn(device)).toBe(false);
  });

  test('whose challenge was answered before, or belongs to another browser', async () => {
    const { key } = await personWithKey();
    const [one, two] = [container.another(), container.another()];
    const response = key.authenticate(await challengeOf(one, 'authenticate'));
    await challengeOf(two, 'authenticate');
    expect((await verify(two, response)).status).toBeGreaterThanOrEqual(400);
    const cookies = new Map(one.jar);
    expect(await verify(one, response)).toMatchObject({ status: 200 });
    for (const [cookie, value] of cookies) two.jar.set(cookie, value);
    expect((await verify(two, response)).status).toBeGreaterThanOrEqual(400);
    expect(await isSignedIn(two)).toBe(false);
  });

  test('when several answer one challenge at once: one gets in', async () => {
    const { key } = await personWithKey();
    const browser = container.another();
    const response = key.authenticate(await challengeOf(browser, 'authenticate'));
    const copies = Array.from({ length: 6 }, () => {
      const copy = container.another();
      for (const [cookie, value] of browser.jar) copy.jar.set(cookie, value);
      return copy;
    });
    const answers = await Promise.all(copies.map((copy) => verify(copy, response)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('whose signature is another key’s', async () => {
    const { key } = await personWithKey();
    const device = container.another();
    const challenge = await challengeOf(device, 'authenticate');
    const { id, rawId } = key.authenticate(challenge);
    const forged = { ...createAuthenticator(origin).authenticate(challenge), id, rawId };
    expect((await verify(device, forged)).status).toBeGreaterThanOrEqual(400);
    expect(await isSignedIn(device)).toBe(false);
  });

  test('with a key that was deleted', async () => {
    const { owner, key } = await personWithKey();
    const [{ id }] = (await owner.get('/api/auth/passkey/list-user-passkeys')).json;
    expect(await owner.post('/api/auth/passkey/delete-passkey', { id })).toMatchObject({ status: 200 });
    expect(await signInWith(key, container.another())).toMatchObject({ status: 401 });
    // Its owner was told of both.
    const kinds = (await stack.mails()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith('passkey'))).toEqual(['passkey-added', 'passkey-removed']);
  });
});

describe('of a user with a second factor', () => {
  test('a key that verified its user is both factors; one that did not is the first', async () => {
    const member = await memberWithSecondFactor(stack, container.another(), `both-${++people}@example.com`);
    const key = createAuthenticator(origin);
    expect(await register(member.browser, key)).toMatchObject({ status: 200 });

    const verified = container.another();
    expect(await signInWith(key, verified)).toMatchObject({ status: 200 });
    expect(await isSignedIn(verified)).toBe(true);

    const present = container.another();
    const answer = await signInWith(key, present, { verified: false });
    expect(answer).toMatchObject({ status: 200, json: { twoFactorRedirect: true } });
    expect(await isSignedIn(present)).toBe(false);
    expect(await verifyTotp(present, member.authenticator.code())).toMatchObject({ status: 200 });
    expect(await isSignedIn(present)).toBe(true);
  });
});
