import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { sameNetwork } from '../../../../lambda/policy/session/binding.ts';
import { adapterOn } from '../../../support/accounts.ts';
import { auditEvents, captureLogs } from '../../../support/capture-logs.ts';
import { equal } from '../../../support/identity.ts';
import { type Answer, type Browser, password, type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { isSignedIn, startWith } from './sessions.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

test.each([
  ['192.0.2.1', '192.0.2.254', true],
  ['192.0.2.1', '192.0.3.1', false],
  ['2001:db8:1::1', '2001:db8:1:ffff::9', true],
  ['2001:db8:1::1', '2001:db8:2::1', false],
  ['192.0.2.1', '::ffff:192.0.2.9', true],
  ['192.0.2.1', '2001:db8::1', false],
  ['', '192.0.2.1', false],
  ['192.0.2.1', 'unknown', false],
])('%s and %s are of one network: %s', (one, other, same) => {
  expect(sameNetwork(one, other)).toBe(same);
});

/** The browser's session, asked for from elsewhere. */
const from = (browser: Browser, sourceIp: string, agent = ''): Promise<Answer> =>
  browser.send({ path: '/api/auth/get-session', sourceIp, headers: agent ? { 'User-Agent': agent } : {} });

async function rowsOf(email: string): Promise<object[]> {
  const user = await adapterOn(stack).findOne<{ id: string }>({ model: 'user', where: [equal('email', email)] });
  return adapterOn(stack).findMany({ model: 'session', where: [equal('userId', user!.id)] });
}

describe('a session bound to its network', () => {
  test('goes on in the network, and ends when it is used from another one, for good and on record', async () => {
    const { browser } = await startWith(stack, { bindToNetwork: true });
    const { json } = await signedIn(stack, browser, 'bound@example.com');
    const cookies = new Map(browser.jar);
    const neighbour = browser.sourceIp.replace(/\d+$/, '250');
    expect((await from(browser, neighbour)).json).not.toBeNull();
    const output = await captureLogs(async () => {
      expect(await from(browser, '203.0.113.9')).toMatchObject({ status: 200, json: null });
    });
    expect(auditEvents(output)).toMatchObject([
      {
        event: 'session_binding_broken',
        status_code: 'SESSION_NETWORK_CHANGED',
        status_id: 2,
        user: { uid: json.user.id },
        session: { uid: expect.any(String) },
      },
    ]);
    for (const [name, value] of cookies) browser.jar.set(name, value);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await rowsOf('bound@example.com')).toEqual([]);
  });

  test('ends on whatever endpoint it is used', async () => {
    const { browser } = await startWith(stack, { bindToNetwork: true });
    await signedIn(stack, browser, 'token@example.com');
    const output = await captureLogs(async () => {
      expect(await browser.send({ path: '/api/auth/token', sourceIp: '203.0.113.9' })).toMatchObject({ status: 401 });
    });
    // Both happened, and the second tells nothing of the first: it is nobody's session any more.
    expect(auditEvents(output)).toMatchObject([
      { event: 'session_binding_broken', status_code: 'SESSION_NETWORK_CHANGED' },
      { event: 'token_refused', status_code: 'UNAUTHORIZED', user: { name: 'unknown' } },
    ]);
    expect(await rowsOf('token@example.com')).toEqual([]);
  });

  test('a sign-in that ends the session of somebody else is on record as both, each with its own user', async () => {
    // As a fork's hook may do at each endpoint.
    const readsSession = createAuthMiddleware(async (ctx) => void (await getSessionFromCtx(ctx)));
    const sessions = { bindToNetwork: true };
    const browser = await stack.start({ options: { sessions, hooks: { before: readsSession } } });
    const ada = (await signedIn(stack, browser, 'ada-bound@example.com')).json.user.id;
    const bob = (await signedIn(stack, browser.another(), 'bob-bound@example.com')).json.user.id;
    const output = await captureLogs(() =>
      browser.send({
        method: 'POST',
        path: '/api/auth/sign-in/email',
        body: { email: 'bob-bound@example.com', password },
        sourceIp: '203.0.113.9',
      }),
    );
    const events = auditEvents(output).filter(({ event }) => event !== 'suspicious_activity');
    expect(events).toMatchObject([
      { event: 'session_binding_broken', status_code: 'SESSION_NETWORK_CHANGED', user: { uid: ada } },
      { event: 'sign_in', status_id: 1, user: { uid: bob } },
    ]);
    // Neither the address nor the reason of one is the other's.
    expect(events[0]!.user).not.toHaveProperty('email_hash');
    expect(events[1]).not.toHaveProperty('status_code');
    expect(events[0]!.session).not.toEqual(events[1]!.session);
  });

  test('can be revoked from a session of another network', async () => {
    const { browser } = await startWith(stack, { bindToNetwork: true });
    await signedIn(stack, browser, 'revoked@example.com');
    const far = browser.another();
    const away = (path: string, body?: object) =>
      far.send({ path: `/api/auth/${path}`, sourceIp: '203.0.113.9', ...(body && { method: 'POST', body }) });
    await away('sign-in/email', { email: 'revoked@example.com', password: 'correct horse battery staple' });
    const sessions = (await away('list-sessions')).json as { token: string; ipAddress: string }[];
    const { token } = sessions.find(({ ipAddress }) => ipAddress === browser.sourceIp)!;
    const output = await captureLogs(async () => {
      expect(await away('revoke-session', { token })).toMatchObject({ status: 200, json: { status: true } });
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'session_revoked' }]);
    expect(await isSignedIn(browser)).toBe(false);
  });
});

test('a session bound to its user agent ends with another one', async () => {
  const { browser } = await startWith(stack, { bindToUserAgent: true });
  const agent = 'Agent/1.0';
  const send = browser.send.bind(browser);
  browser.send = (input) => send({ ...input, headers: { 'User-Agent': agent, ...input.headers } });
  await signedIn(stack, browser, 'agent@example.com');
  expect((await from(browser, '203.0.113.9', agent)).json).not.toBeNull();
  const output = await captureLogs(() => from(browser, browser.sourceIp, 'Agent/1.1'));
  expect(auditEvents(output)).toMatchObject([
    { event: 'session_binding_broken', status_code: 'SESSION_AGENT_CHANGED' },
  ]);
  expect(await isSignedIn(browser)).toBe(false);
});

test('by default a session goes wherever its user goes', async () => {
  const { browser } = await startWith(stack);
  await signedIn(stack, browser, 'free@example.com');
  expect((await from(browser, '203.0.113.9', 'Another/2.0')).json).not.toBeNull();
});
