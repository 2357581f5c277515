import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SessionOptions } from '../../../lambda/policy/session/session-options.ts';
import { administrator, forgetPassword } from '../../support/accounts.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { memberWithSecondFactor } from '../../support/second-factor.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { minutes, passTime, startClock, stopClock } from '../../support/travel.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());
beforeEach(stopClock);
afterEach(startClock);

const start = (sessions: SessionOptions): Promise<Browser> => stack.start(withCheapPasswords({}, { sessions }));
const getSession = (browser: Browser, headers = {}, sourceIp = browser.sourceIp) =>
  browser.send({ path: '/api/auth/get-session', headers, sourceIp });
const signIn = (browser: Browser, email: string, more: object = {}) =>
  browser.post('/api/auth/sign-in/email', { email, password, ...more });

test('an old session of a user without a password does not pass for a recent one by bringing some password', async () => {
  const container = await start({});
  const email = 'passwordless@example.com';
  const { browser } = await memberWithSecondFactor(stack, container, email);
  await forgetPassword(stack, (await getSession(browser)).json.user.id);
  passTime(11 * minutes);
  for (const path of ['enable', 'disable', 'generate-backup-codes', 'get-totp-uri']) {
    expect(await browser.post(`/api/auth/two-factor/${path}`, { password: 'anything' })).toMatchObject({
      status: 403,
      json: { code: 'SESSION_NOT_FRESH' },
    });
    passTime(10);
  }
});

test('a sign-in that awaits its second factor hands out no cookie that opens anything, cached session included', async () => {
  const container = await start({ cookieCache: 60 });
  const email = 'cached@example.com';
  await memberWithSecondFactor(stack, container, email);
  const answer = await signIn(container.another(), email);
  expect(answer.json).toMatchObject({ twoFactorRedirect: true });
  const thief = container.another();
  // All that stands in the answer, what it takes back in the next line included.
  const pairs = answer.cookies.map((line) => line.split(';')[0]!).filter((pair) => !pair.endsWith('='));
  for (const path of ['get-session', 'list-sessions', 'token']) {
    const opened = await thief.get(`/api/auth/${path}`, { Cookie: pairs.join('; ') });
    expect([path, opened.status === 200 ? opened.json : null]).toEqual([path, null]);
  }
});

describe('a bound session', () => {
  test.each<[string, (token: string) => string]>([
    ['in quotes', (token) => `"${token}"`],
    ['in the URL alphabet', (token) => token.replace(/.{44}$/, (mac) => mac.replaceAll('+', '-').replaceAll('/', '_'))],
  ])('is not freed of its network by another bearer token %s', async (_, disguise) => {
    const browser = await start({ bindToNetwork: true });
    const name = `victim-${_.length}@example.com`;
    await signedIn(stack, browser, name);
    const elsewhere = browser.another();
    Object.assign(elsewhere, { sourceIp: '203.0.113.9' });
    await signedIn(stack, elsewhere, `thief-${_.length}@example.com`);
    let token = '';
    for (let i = 0; i < 20 && !/[+/]/.test(token.slice(-44)); i++) {
      token = decodeURIComponent(
        (await signIn(elsewhere, `thief-${_.length}@example.com`)).headers.get('set-auth-token')!,
      );
    }
    elsewhere.jar.clear();
    for (const [key, value] of browser.jar) elsewhere.jar.set(key, value);
    const answer = await getSession(elsewhere, { Authorization: `Bearer ${disguise(token)}` });
    expect(answer.json?.user.email).not.toBe(name);
  });
});

describe('sessions that last half an hour', () => {
  const short = { expiresIn: 30 * minutes, updateAge: 5 * minutes };

  test('last no longer for who asks not to be remembered', async () => {
    const browser = await start(short);
    await signedIn(stack, browser, 'forgetful@example.com');
    await signIn(browser, 'forgetful@example.com', { rememberMe: false });
    passTime(31 * minutes);
    expect((await getSession(browser)).json).toBeNull();
  });

  test('do not make an impersonation endless', async () => {
    const browser = await start(short);
    const { json } = await signedIn(stack, browser.another(), 'impersonated@example.com');
    await administrator(stack, browser, 'office@example.com');
    const begun = await browser.post('/api/auth/admin/impersonate-user', { userId: json.user.id });
    expect(begun.status).toBe(200);
    // Nothing but the session's own cookie: the others are the client's to leave out.
    for (const name of [...browser.jar.keys()]) if (!name.endsWith('.session_token')) browser.jar.delete(name);
    for (let use = 0; use < 6; use++) {
      passTime(20 * minutes);
      await getSession(browser);
    }
    expect((await getSession(browser)).json).toBeNull();
  });
});
