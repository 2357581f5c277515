import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { multiSession } from 'better-auth/plugins';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Browser, type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { getSession, isSignedIn, signIn } from './sessions.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** A browser with two accounts in it; the second is the active one. */
async function withTwoAccounts(name: string): Promise<Browser> {
  const browser = await stack.start(withCheapPasswords({}, { plugins: [multiSession()] }));
  await signedIn(stack, browser, `${name}-1@example.com`);
  await signedIn(stack, browser, `${name}-2@example.com`);
  return browser;
}

const activeEmail = async (browser: Browser): Promise<string | undefined> =>
  (await getSession(browser)).json?.user.email;

const tokenOf = async (browser: Browser, email: string): Promise<string> => {
  const { json } = await browser.get('/api/auth/multi-session/list-device-sessions');
  return json.find(({ user }: { user: { email: string } }) => user.email === email).session.token;
};

const multiCookies = (browser: Browser): string[] => [...browser.jar.keys()].filter((name) => name.includes('_multi-'));

describe('several accounts in one browser, in cookies with __Host-', () => {
  test('are listed and switched', async () => {
    const browser = await withTwoAccounts('switch');
    expect((await browser.get('/api/auth/multi-session/list-device-sessions')).json).toHaveLength(2);
    expect(multiCookies(browser)).toHaveLength(2);
    expect(await activeEmail(browser)).toBe('switch-2@example.com');
    const sessionToken = await tokenOf(browser, 'switch-1@example.com');
    expect(await browser.post('/api/auth/multi-session/set-active', { sessionToken })).toMatchObject({ status: 200 });
    expect(await activeEmail(browser)).toBe('switch-1@example.com');
  });

  test('end one by one', async () => {
    const browser = await withTwoAccounts('end');
    const sessionToken = await tokenOf(browser, 'end-2@example.com');
    expect(await browser.post('/api/auth/multi-session/revoke', { sessionToken })).toMatchObject({ status: 200 });
    expect(await activeEmail(browser)).toBe('end-1@example.com');
    expect(multiCookies(browser)).toHaveLength(1);
  });

  test('all end at sign-out, and no cookie stays', async () => {
    const browser = await withTwoAccounts('out');
    const before = new Map(browser.jar);
    const answer = await browser.post('/api/auth/sign-out');
    expect(answer).toMatchObject({ status: 200 });
    expect([...browser.jar.keys()].filter((name) => name.includes('session'))).toEqual([]);
    for (const cookie of answer.cookies) expect(cookie).toMatch(/^__Host-.*Max-Age=0.*; Secure/);
    for (const [name, value] of before) browser.jar.set(name, value);
    expect(await isSignedIn(browser)).toBe(false);
    expect((await browser.get('/api/auth/multi-session/list-device-sessions')).json).toEqual([]);
  });

  test('hold one session an account: a second sign-in takes the first one’s place', async () => {
    const browser = await withTwoAccounts('again');
    await signIn(browser, 'again-1@example.com');
    expect(multiCookies(browser)).toHaveLength(2);
    expect((await browser.get('/api/auth/list-sessions')).json).toHaveLength(1);
  });
});
