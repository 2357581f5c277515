import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { knownCookies } from '../../../contract/cookie-settings.ts';
import type { AuthOptions } from '../../../lambda/auth/auth-options.ts';
import { administrator } from '../../support/accounts.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { memberWithSecondFactor } from '../../support/second-factor.ts';
import {
  type Answer,
  type Browser,
  frozenClock,
  password,
  type Stack,
  signedIn,
  startStack,
} from '../../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** By names in lower case. */
  readonly attributes: Readonly<Record<string, string | true>>;
}

/** RFC 6265bis section 5.6; an attribute that stands twice is a mistake here. */
function parse(line: string): SetCookie {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const [name = '', value = ''] = pair.split(/=(.*)/s);
  const attributes: Record<string, string | true> = {};
  for (const part of rest) {
    const [attribute = '', text] = part.split(/=(.*)/s);
    expect(Object.keys(attributes)).not.toContain(attribute.toLowerCase());
    attributes[attribute.toLowerCase()] = text ?? true;
  }
  return { name, value, attributes };
}

/** Every flow that sets or clears a cookie, and some that should not. */
async function allFlows(email: string, options: AuthOptions): Promise<Answer[]> {
  const socialProviders = { github: { clientId: 'id', clientSecret: 'secret' } };
  const browser = await stack.start({
    ...withCheapPasswords({}, { ...options, socialProviders }),
    now: frozenClock(),
  });
  const credentials = { email, password };
  const answers = [await signedIn(stack, browser, email)];
  const step = async (visitor: Browser, path: string, body?: object) => {
    const answer = await (body ? visitor.post(`/api/auth${path}`, body) : visitor.get(`/api/auth${path}`));
    answers.push(answer);
    return answer;
  };
  await step(browser, '/get-session');
  await step(browser, '/sign-in/email', { ...credentials, rememberMe: false });
  await step(browser, '/get-session');
  await step(browser, '/sign-in/email', { ...credentials, rememberMe: true });
  await step(browser, '/change-password', {
    currentPassword: password,
    newPassword: password,
    revokeOtherSessions: true,
  });
  await step(browser, '/update-user', { name: 'Grace' });
  await step(browser, '/sign-in/social', { provider: 'github', callbackURL: '/' });
  await step(browser, '/link-social', { provider: 'github', callbackURL: '/' });
  await step(browser, '/callback/github?code=x&state=y');
  await step(browser, '/callback/github?error=access_denied');
  await step(browser, '/revoke-other-sessions', {});
  const bad = browser.another();
  for (const name of browser.jar.keys()) bad.jar.set(name, 'x.y');
  await step(bad, '/get-session');
  await step(bad, '/sign-in/email', { email, password: 'wrong password entirely' });
  await step(browser, '/revoke-sessions', {});
  await step(browser, '/get-session');
  await step(browser, '/sign-in/email', credentials);
  await step(browser, '/sign-out', {});

  const member = await memberWithSecondFactor(stack, browser.another(), `second-${email}`);
  const device = browser.another();
  await step(device, '/sign-in/email', { email: member.email, password });
  await step(device, '/two-factor/verify-totp', { code: member.authenticator.wrong() });
  await step(device, '/two-factor/verify-totp', { code: member.authenticator.code(0), trustDevice: true });
  await step(device, '/sign-in/email', { email: member.email, password });
  await step(device, '/two-factor/disable', { password });

  const office = browser.another();
  const admin = await administrator(stack, office, `admin-${email}`);
  answers.push(admin);
  await step(office, '/admin/impersonate-user', { userId: answers[0]!.json.user.id });
  await step(office, '/get-session');
  await step(office, '/admin/stop-impersonating', {});
  return answers;
}

const ageOf = ({ attributes }: SetCookie) => Number(attributes['max-age']);
const cookiesOf = (answers: readonly Answer[]) => answers.flatMap(({ cookies }) => cookies.map(parse));

describe('every cookie of every flow', () => {
  test('is __Host-, Secure, HttpOnly, Lax and for the whole host, by default', async () => {
    const cookies = cookiesOf(await allFlows('default-cookies@example.com', { csrf: { doubleSubmit: false } }));
    // All but those that clear a cookie of another setting, or that a defence sets which is off.
    const off = ['session_data', 'account_data', 'oauth_state', 'csrf'];
    const names = new Set(cookies.map(({ name }) => name));
    expect([...knownCookies].filter((name) => !off.includes(name) && !names.has(`__Host-auth.${name}`))).toEqual([]);
    expect([...names].filter((name) => !knownCookies.includes(name.slice('__Host-auth.'.length)))).toEqual([]);
    expect(cookies.length).toBeGreaterThan(15);
    const ages = (name: string) =>
      new Set(cookies.filter((each) => each.name === `__Host-auth.${name}` && each.value).map(ageOf));
    expect(ages('two_factor')).toEqual(new Set([300]));
    expect(ages('state')).toEqual(new Set([300]));
    for (const age of ages('trusted_device')) expect(Math.ceil(age / 24 / 3600)).toBe(30);
    for (const { name, value, attributes } of cookies) {
      expect(name).toMatch(/^__Host-auth\.[a-z_]+$/);
      const { 'max-age': maxAge, ...others } = attributes;
      expect({ name, others }).toEqual({ name, others: { path: '/', httponly: true, secure: true, samesite: 'Lax' } });
      if (maxAge !== undefined) expect(Number(maxAge)).toBeLessThanOrEqual(34_560_000);
      // What is set is signed; what is cleared is empty and ends at once.
      if (maxAge === '0') expect(value).toBe('');
      else expect(value).toMatch(/^[^.]+\.[A-Za-z0-9%+/]+$|^[\w~%.+/-]+$/);
    }
  });

  test('has a domain and __Secure- where hosts share it', async () => {
    const cookies = cookiesOf(
      await allFlows('shared@example.com', { cookies: { domain: 'example.com', prefix: 'mine' } }),
    );
    expect(cookies.length).toBeGreaterThan(15);
    for (const { name, attributes } of cookies) {
      expect(name).toMatch(/^__Secure-mine\.[a-z_]+$/);
      const { 'max-age': _, ...others } = attributes;
      expect(others).toEqual({ domain: 'example.com', path: '/', httponly: true, secure: true, samesite: 'Lax' });
    }
  });

  test('is None, Secure and Partitioned where it crosses sites', async () => {
    const cookies = cookiesOf(await allFlows('none@example.com', { cookies: { sameSite: 'none', priority: 'high' } }));
    expect(cookies.length).toBeGreaterThan(15);
    for (const { name, attributes } of cookies) {
      expect(name).toMatch(/^__Host-auth\./);
      const { 'max-age': _, ...others } = attributes;
      expect(others).toEqual({
        ...{ path: '/', httponly: true, secure: true },
        ...{ samesite: 'None', partitioned: true, priority: 'High' },
      });
    }
  });

  test('is what its own settings say', async () => {
    const cookies = cookiesOf(
      await allFlows('own@example.com', {
        cookies: {
          sameSite: 'strict',
          priority: 'low',
          byName: {
            session_token: { name: 'sid', priority: 'high' },
            dont_remember: { path: '/prod/api/auth', maxAge: 1234 },
            state: { maxAge: 60 },
          },
        },
      }),
    );
    const named = (name: string) => cookies.filter((cookie) => cookie.name === name && cookie.value !== '');
    const shared = { httponly: true, secure: true };
    expect(named('__Host-sid').length).toBeGreaterThan(2);
    for (const { attributes } of named('__Host-sid')) {
      expect(attributes).toMatchObject({ ...shared, path: '/', samesite: 'Strict', priority: 'High' });
    }
    for (const { attributes } of named('__Secure-auth.dont_remember')) {
      expect(attributes).toEqual({
        ...shared,
        path: '/prod/api/auth',
        samesite: 'Strict',
        priority: 'Low',
        'max-age': '1234',
      });
    }
    expect(named('__Secure-auth.dont_remember')).not.toEqual([]);
    // A provider's site redirects back with it.
    for (const { attributes } of named('__Host-auth.state')) {
      expect(attributes).toEqual({ ...shared, path: '/', samesite: 'Lax', priority: 'Low', 'max-age': '60' });
    }
    expect(named('__Host-auth.state')).not.toEqual([]);
  });
});

describe('lifetimes', () => {
  test('a link to reset a password is good for 15 minutes', async () => {
    const browser = await stack.start(withCheapPasswords());
    await signedIn(stack, browser, 'reset@example.com');
    const before = Date.now();
    await browser.another().post('/api/auth/request-password-reset', { email: 'reset@example.com' });
    const after = Date.now();
    const { Items = [] } = await stack.clients.dynamodb.send(new ScanCommand({ TableName: 'identity' }));
    const rows = Items.map((item) => unmarshall(item)).filter(({ expiresAt }) => {
      const end = new Date(expiresAt).getTime();
      return end >= before + 15 * 60_000 && end <= after + 15 * 60_000;
    });
    expect(rows).toHaveLength(1);
  });

  test('a remembered session’s cookie lives as long as the session, another as long as the browser', async () => {
    const browser = await stack.start(withCheapPasswords());
    const email = 'lifetimes@example.com';
    const remembered = await signedIn(stack, browser, email);
    expect(cookiesOf([remembered])[0]?.attributes['max-age']).toBe(String(7 * 24 * 3600));
    const short = await browser.another().post('/api/auth/sign-in/email', { email, password, rememberMe: false });
    const ofSession = cookiesOf([short]).filter(({ name }) => /session_token|dont_remember/.test(name));
    expect(ofSession).toHaveLength(2);
    for (const { attributes } of ofSession) expect(attributes).not.toHaveProperty('max-age');
  });
});

test.each<[object, RegExp]>([
  [{ cookies: { sameSite: 'sometimes' } }, /cookies\.sameSite is "sometimes"; allowed are/],
  [{ cookies: { domain: 'example.org' } }, /cookies\.domain is 'example\.org', but the base URL's host is/],
  [{ cookies: { prefx: 'mine' } }, /cookies\.prefx is no setting; allowed are/],
])('the function does not start with %j', async (options, message) => {
  const start = stack.start({ options });
  await expect(start).rejects.toMatchObject({ name: 'ConfigurationError', message: expect.stringMatching(message) });
});

test('two cookies of one answer stay two headers', async () => {
  const browser = await stack.start(withCheapPasswords());
  await signedIn(stack, browser, 'two@example.com');
  const { raw } = await browser.post('/api/auth/sign-out');
  expect(raw.multiValueHeaders?.['set-cookie']?.length).toBeGreaterThanOrEqual(2);
  expect(raw.headers).toBeUndefined();
});
