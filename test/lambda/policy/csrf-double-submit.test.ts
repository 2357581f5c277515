import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { csrfTokens } from '../../../lambda/policy/csrf-token.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import {
  type Answer,
  type Browser,
  password,
  type Stack,
  signedIn,
  startStack,
  trustedOrigin,
} from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';
import { countTrips } from '../../support/trips.ts';

const options = { csrf: { doubleSubmit: true } };
const csrfCookie = '__Host-auth.csrf';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

async function signIn(email: string): Promise<{ browser: Browser; token: string; answer: Answer }> {
  const browser = await stack.start(withCheapPasswords({}, options));
  const answer = await signedIn(stack, browser, email);
  return { browser, answer, token: answer.headers.get('x-csrf-token')! };
}

const update = (browser: Browser, headers: Record<string, string> = {}) =>
  browser.post('/api/auth/update-user', { name: 'Grace' }, headers);

test('is off by default: no token is made or asked for', async () => {
  const browser = await stack.start(withCheapPasswords());
  const answer = await signedIn(stack, browser, 'off@example.com');
  expect(answer.headers.get('x-csrf-token')).toBeNull();
  expect(browser.jar.has(csrfCookie)).toBe(false);
  expect(await update(browser)).toMatchObject({ status: 200 });
});

describe('where it is on', () => {
  test('a sign-in hands out a token in a header that trusted pages can read, and in a __Host- cookie', async () => {
    const { browser, answer, token } = await signIn('token@example.com');
    expect(token).toMatch(/^[\w-]{22}\.[\w-]{43}$/);
    const line = answer.cookies.find((cookie) => cookie.startsWith(csrfCookie));
    expect(line).toBe(`${csrfCookie}=${token}; Path=/; HttpOnly; Secure; SameSite=Lax`);
    const read = await browser.get('/api/auth/get-session', { Origin: trustedOrigin });
    expect(read.headers.get('access-control-expose-headers')).toContain('X-CSRF-Token');
    expect(read.headers.get('x-csrf-token')).toBe(token);
    const preflight = await browser.send({
      method: 'OPTIONS',
      path: '/api/auth/sign-out',
      headers: { Origin: trustedOrigin },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('X-CSRF-Token');
  });

  test('a state change with the token is done', async () => {
    const { browser, token } = await signIn('done@example.com');
    expect(await update(browser, { 'X-CSRF-Token': token })).toMatchObject({ status: 200 });
    expect(await browser.post('/api/auth/sign-out', {}, { 'X-CSRF-Token': token })).toMatchObject({ status: 200 });
  });

  test('a state change is refused and audited, whatever is wrong with the token', async () => {
    const { browser, token } = await signIn('refused@example.com');
    const other = await signIn('other@example.com');
    const made = csrfTokens(['another-secret-0123456789-0123456789']).create('session');
    const flip = (text: string) => text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A');
    const tries: [name: string, header: string | undefined, cookie: string | undefined][] = [
      ['no header', undefined, token],
      ['an empty header', '', token],
      ['no cookie', token, undefined],
      ['neither', undefined, undefined],
      ['both empty', '', ''],
      ['another header', flip(token), token],
      ['another cookie', token, flip(token)],
      ['the same wrong thing twice', flip(token), flip(token)],
      ['the token of another session, twice', other.token, other.token],
      ['one made with another secret, twice', made, made],
      ['no MAC', token.split('.')[0], token.split('.')[0]],
      ['the MAC alone', token.split('.')[1], token.split('.')[1]],
    ];
    const session = browser.jar.get('__Host-auth.session_token')!;
    for (const [name, header, cookie] of tries) {
      const Cookie = [
        `__Host-auth.session_token=${session}`,
        ...(cookie === undefined ? [] : [`${csrfCookie}=${cookie}`]),
      ];
      let answer: Answer | undefined;
      const output = await captureLogs(async () => {
        answer = await update(browser, {
          Cookie: Cookie.join('; '),
          ...(header !== undefined && { 'X-CSRF-Token': header }),
        });
      });
      expect([name, answer?.status, answer?.json.code]).toEqual([name, 403, 'CSRF_TOKEN_INVALID']);
      expect(auditEvents(output)).toMatchObject([{ event: 'origin_rejected', status_code: 'CSRF_TOKEN_INVALID' }]);
    }
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ json: { user: { name: 'Ada' } } });
  });

  test('a session or token that was planted beside the right one is refused, in either order and any spacing', async () => {
    const { browser, token } = await signIn('planted@example.com');
    const attacker = await signIn('attacker@example.com');
    const own = `__Host-auth.session_token=${browser.jar.get('__Host-auth.session_token')}`;
    const planted = `__Host-auth.session_token=${attacker.browser.jar.get('__Host-auth.session_token')}`;
    for (const Cookie of [
      `${own}; ${planted}; ${csrfCookie}=${attacker.token}`,
      `${planted}; ${own}; ${csrfCookie}=${attacker.token}`,
      `${planted};${own};${csrfCookie}=${attacker.token}`,
      `${own};\t${csrfCookie}=${attacker.token}; ${csrfCookie}=${token}`,
    ]) {
      const answer = await update(browser, { Cookie, 'X-CSRF-Token': attacker.token });
      expect(answer).toMatchObject({ status: 403, json: { code: 'CSRF_TOKEN_INVALID' } });
    }
  });

  test('a token ends with its session: the next one has its own', async () => {
    const { browser, token } = await signIn('next@example.com');
    const again = await browser.post(
      '/api/auth/sign-in/email',
      { email: 'next@example.com', password },
      { 'X-CSRF-Token': token },
    );
    const next = again.headers.get('x-csrf-token')!;
    expect(next).not.toBe(token);
    expect(await update(browser, { 'X-CSRF-Token': token })).toMatchObject({ status: 403 });
    expect(await update(browser, { 'X-CSRF-Token': next })).toMatchObject({ status: 200 });
  });

  test('a browser that lost the cookie gets another with its session', async () => {
    const { browser } = await signIn('lost@example.com');
    browser.jar.delete(csrfCookie);
    const read = await browser.get('/api/auth/get-session');
    const token = read.headers.get('x-csrf-token')!;
    expect(browser.jar.get(csrfCookie)).toBe(token);
    expect(await update(browser, { 'X-CSRF-Token': token })).toMatchObject({ status: 200 });
  });

  test('reading, signing in and bearer tokens need none', async () => {
    const { browser, answer } = await signIn('bearer@example.com');
    expect(await browser.get('/api/auth/list-sessions')).toMatchObject({ status: 200 });
    const bearer = `Bearer ${answer.headers.get('set-auth-token')}`;
    const program = browser.another();
    expect(await update(program, { Authorization: bearer })).toMatchObject({ status: 200 });
    expect(program.jar.has(csrfCookie)).toBe(false);
  });

  test('it needs no further request to a table', async () => {
    const totals: number[] = [];
    for (const [index, chosen] of [options, {}].entries()) {
      const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
      const counted = countTrips(dynamodb);
      const browser = await stack.start({ ...withCheapPasswords({}, chosen), clients: { dynamodb } });
      const token = (await signedIn(stack, browser, `trips-${index}@example.com`)).headers.get('x-csrf-token') ?? '';
      const { total } = await counted.during(() => update(browser, { 'X-CSRF-Token': token }));
      totals.push(total);
      dynamodb.destroy();
    }
    expect(totals[0]).toBe(totals[1]);
  });
});

describe('tokens', () => {
  test('count for one session, and for every secret that is accepted', () => {
    const [old, current] = ['old-secret-0123456789-0123456789', 'new-secret-0123456789-0123456789'];
    const before = csrfTokens([old]).create('session');
    const tokens = csrfTokens([current, old]);
    expect(tokens.verify(before, 'session')).toBe(true);
    expect(tokens.verify(before, 'session2')).toBe(false);
    expect(csrfTokens([current]).verify(before, 'session')).toBe(false);
    expect(csrfTokens([current]).verify(tokens.create('session'), 'session')).toBe(true);
    expect(tokens.create('session')).not.toBe(tokens.create('session'));
  });
});
