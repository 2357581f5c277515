import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { createAuthClient } from 'better-auth/client';
import { jwtClient } from 'better-auth/client/plugins';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { eventually } from '../local/processes.ts';
import { type Browser, createBrowser } from './browser.ts';

/** A stack that runs, here or in AWS. */
export interface FlowTarget {
  /** Base URL and issuer. */
  readonly url: string;
  /** The link in the newest mail to this address; waits for it. */
  readonly mailedLink: (to: string) => Promise<string>;
  /** Names of the audit events so far; absent where they cannot be read. */
  readonly auditEvents?: () => Promise<readonly string[]>;
}

/** Registers the life of an account, from sign-up to a session that is gone. The tests build on one another, in order. */
export function flow(target: () => FlowTarget): void {
  const user = { name: 'Ada', email: `ada-${randomUUID()}@example.com`, password: `correct ${randomUUID()} battery` };
  let browser: Browser;
  let client: ReturnType<typeof connect>;
  let cookiesOfSession: string;

  beforeAll(() => {
    browser = createBrowser(new URL(target().url).origin);
    client = connect(target().url, browser.fetch);
  });

  const getSession = async (cookie: string) => {
    const response = await fetch(`${target().url}/api/auth/get-session`, { headers: { cookie } });
    expect(response.status).toBe(200);
    return response.json();
  };

  test('signs up; no session before the address is verified', async () => {
    const { data, error } = await client.signUp.email(user);
    expect(error).toBeNull();
    expect(data?.user).toMatchObject({ email: user.email, emailVerified: false });
    expect(browser.cookies()).toBe('');
    const { error: refused } = await client.signIn.email(user);
    expect(refused).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' });
  });

  test('follows the link in the mail', async () => {
    const link = await target().mailedLink(user.email);
    expect(link.startsWith(`${target().url}/api/auth/verify-email?token=`)).toBe(true);
    const response = await browser.fetch(link);
    expect([response.status, response.headers.get('location')]).toEqual([302, expect.not.stringContaining('error')]);
  });

  test('a wrong password is refused, the right one signs in', async () => {
    const { error: refused } = await client.signIn.email({ ...user, password: 'not the password' });
    expect(refused).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' });
    const { error } = await client.signIn.email(user);
    expect(error).toBeNull();
    expect(browser.cookies()).toMatch(/^__Host-/);
    cookiesOfSession = browser.cookies();
  });

  test('gets the session', async () => {
    const { data } = await client.getSession();
    expect(data?.user).toMatchObject({ email: user.email, emailVerified: true });
    expect(await getSession(cookiesOfSession)).toMatchObject({ user: { email: user.email } });
  });

  test('gets a token that verifies against the published keys', async () => {
    const { data, error } = await client.token();
    expect(error).toBeNull();
    const { url } = target();
    const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(data!.token, keys, {
      issuer: url,
      audience: url,
      algorithms: ['ES256'],
    });
    const session = await client.getSession();
    expect(payload).toMatchObject({ sub: session.data?.user.id, email: user.email });
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: expect.any(String) });
  });

  test('discovery names the issuer and the keys', async () => {
    const { url } = target();
    const response = await fetch(`${url}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({ issuer: url, jwks_uri: `${url}/.well-known/jwks.json` });
  });

  test('signs out; the session is gone, for whoever kept its cookie too', async () => {
    const { error } = await client.signOut();
    expect(error).toBeNull();
    expect(browser.cookies()).toBe('');
    expect(await getSession(cookiesOfSession)).toBeNull();
    const token = await fetch(`${target().url}/api/auth/token`, { headers: { cookie: cookiesOfSession } });
    expect(token.status).toBe(401);
  });

  test('a state change from a foreign origin is refused', async () => {
    const response = await fetch(`${target().url}/api/auth/sign-out`, {
      method: 'POST',
      headers: { cookie: cookiesOfSession, origin: 'https://evil.example', 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(403);
  });

  test('each step is an audit event', async () => {
    const { auditEvents } = target();
    if (!auditEvents) return;
    const expected = [
      'sign_up',
      'email_verified',
      'sign_in_failed',
      'sign_in',
      'token_issued',
      'sign_out',
      'token_refused',
      'origin_rejected',
    ];
    // The last may still be on its way from the function's output.
    await eventually(async () => (await auditEvents()).includes('origin_rejected'));
    expect(await auditEvents()).toEqual(expect.arrayContaining(expected));
  });
}

const connect = (url: string, customFetchImpl: typeof fetch) =>
  createAuthClient({ baseURL: `${url}/api/auth`, plugins: [jwtClient()], fetchOptions: { customFetchImpl } });
