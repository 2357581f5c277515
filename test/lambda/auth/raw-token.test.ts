import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
let browser: Browser;
/** As stored in the table, and as get-session shows it to its own user. */
let rawToken: string;
let signedToken: string;
beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start();
  const signIn = await signedIn(stack, browser, 'raw@example.com');
  rawToken = (await browser.get('/api/auth/get-session')).json.session.token;
  signedToken = signIn.headers.get('set-auth-token')!;
});
afterAll(() => stack.stop());

const cookieName = '__Host-auth.session_token';

describe('a session token as stored authenticates nowhere', () => {
  test.each([
    ['as a bearer token', () => ({ Authorization: `Bearer ${rawToken}` })],
    ['as a bearer token, lower case', () => ({ authorization: `bearer ${rawToken}` })],
    ['as the cookie', () => ({ Cookie: `${cookieName}=${rawToken}` })],
    ['as the cookie, encoded', () => ({ Cookie: `${cookieName}=${encodeURIComponent(rawToken)}` })],
    ['as the cookie with an empty signature', () => ({ Cookie: `${cookieName}=${rawToken}.` })],
    ['as the cookie with a wrong signature', () => ({ Cookie: `${cookieName}=${rawToken}.${'A'.repeat(43)}%3D` })],
    [
      'as another cookie',
      () => ({ Cookie: `better-auth.session_token=${rawToken}; __Secure-better-auth.session_token=${rawToken}` }),
    ],
    ['as basic credentials', () => ({ Authorization: `Basic ${Buffer.from(`:${rawToken}`).toString('base64')}` })],
    ['twice as a bearer token', () => ({ Authorization: [`Bearer ${rawToken}`, `Bearer ${rawToken}`] })],
    ['with the signature of another token', () => ({ Authorization: `Bearer x${signedToken}` })],
  ])('%s', async (_, headers) => {
    const stranger = browser.another();
    expect(await stranger.get('/api/auth/get-session', headers())).toMatchObject({ status: 200, json: null });
    expect(await stranger.get('/api/auth/token', headers())).toMatchObject({ status: 401 });
    expect(await stranger.get('/api/auth/list-sessions', headers())).toMatchObject({ status: 401 });
    expect(await stranger.get(`/api/auth/get-session?token=${rawToken}`, headers())).toMatchObject({ json: null });
  });

  test('while the signed one does', async () => {
    const headers = { Authorization: `Bearer ${signedToken}` };
    const answer = await browser.another().get('/api/auth/get-session', headers);
    expect(answer).toMatchObject({ status: 200, json: { user: { email: 'raw@example.com' } } });
  });
});
