import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { admin as adminPlugin } from 'better-auth/plugins';
import { dynamodbAdapter } from '../../../lambda/identity/index.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { authenticatorOf, verifyTotp } from '../../support/second-factor.ts';
import { type Browser, frozenClock, password, pathOf, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** The events of one request. */
async function eventsOf(run: () => Promise<unknown>) {
  return auditEvents(await captureLogs(run));
}

describe('every outcome is one event', () => {
  const email = 'audit@example.com';
  let browser: Browser;
  beforeAll(async () => {
    browser = await stack.start({ now: frozenClock() });
  });

  const step = (name: string, run: () => Promise<unknown>, expected: object[]) =>
    test(name, async () => expect(await eventsOf(run)).toMatchObject(expected));

  step('sign-up', () => browser.post('/api/auth/sign-up/email', { name: 'A', email, password }), [
    { event: 'sign_up', class_uid: 3001, type_uid: 300101, status_id: 1, user: { email_hash: expect.any(String) } },
  ]);
  step('sign-in before verification', () => browser.post('/api/auth/sign-in/email', { email, password }), [
    { event: 'sign_in_failed', class_uid: 3002, status_id: 2, status_code: 'EMAIL_NOT_VERIFIED' },
  ]);
  step('a bad link', () => browser.get('/api/auth/verify-email?token=nonsense&callbackURL=%2F'), [
    { event: 'email_verification_failed' },
  ]);
  step(
    'verification, whatever the link redirects to',
    async () => browser.get(`${pathOf((await stack.mails())[0]?.url)}%3Ferror%3D1`),
    [{ event: 'email_verified', user: { uid: expect.any(String) } }],
  );
  step('a wrong password', () => browser.post('/api/auth/sign-in/email', { email, password: 'wrong password here' }), [
    { event: 'sign_in_failed', status_code: 'INVALID_EMAIL_OR_PASSWORD', http_response: { code: 401 } },
  ]);
  step('sign-in', () => browser.post('/api/auth/sign-in/email', { email, password }), [
    { event: 'sign_in', status_id: 1, user: { uid: expect.any(String) }, session: { uid: expect.any(String) } },
  ]);
  step('a session check is a read, and none', () => browser.get('/api/auth/get-session'), []);
  step('a token', () => browser.get('/api/auth/token'), [{ event: 'token_issued', user: { uid: expect.any(String) } }]);
  step('a token without session', () => browser.another().get('/api/auth/token'), [{ event: 'token_refused' }]);
  step('another origin', () => browser.post('/api/auth/sign-out', {}, { Origin: 'https://evil.example' }), [
    { event: 'origin_rejected', http_response: { code: 403 } },
  ]);
  step(
    'changed password',
    () => browser.post('/api/auth/change-password', { currentPassword: password, newPassword: `${password} 2` }),
    [{ event: 'password_changed', user: { uid: expect.any(String) } }],
  );
  step('reset request', () => browser.post('/api/auth/request-password-reset', { email }), [
    { event: 'password_reset_requested' },
  ]);
  step(
    'reset with a wrong token',
    () => browser.post('/api/auth/reset-password', { token: 'nonsense', newPassword: password }),
    [{ event: 'password_reset_failed' }],
  );
  step('sign-out knows who', () => browser.post('/api/auth/sign-out'), [
    { event: 'sign_out', activity_id: 2, user: { uid: expect.any(String) } },
  ]);
  step('an unknown path', () => browser.get('/nowhere'), [{ event: 'request_refused', status_code: 'NOT_FOUND' }]);
  step('a malformed event', () => browser.application({}), [
    { event: 'request_refused', status_code: 'MALFORMED_EVENT', src_endpoint: { ip: 'unknown' } },
  ]);
  step(
    'invalid JSON',
    () =>
      browser.send({
        method: 'POST',
        path: '/api/auth/sign-in/email',
        body: '{',
        headers: { 'Content-Type': 'application/json' },
      }),
    [{ event: 'sign_in_failed', status_code: 'INVALID_JSON' }],
  );
  test('a limit', async () => {
    const other = browser.another();
    const events = await eventsOf(async () => {
      for (let i = 0; i < 4; i++) await other.post('/api/auth/two-factor/verify-totp', { code: '000000' });
    });
    expect(events.map(({ event }) => event)).toEqual([
      'second_factor_failed',
      'second_factor_failed',
      'second_factor_failed',
      'rate_limited',
    ]);
  });
});

describe('the second factor', () => {
  test('a sign-in that awaits it is no success', async () => {
    const browser = await stack.start();
    const email = 'second@example.com';
    await signedIn(stack, browser, email);
    const enabled = await browser.post('/api/auth/two-factor/enable', { password });
    const authenticator = authenticatorOf(enabled.json.totpURI);
    const enabling = await eventsOf(async () =>
      browser.post('/api/auth/two-factor/verify-totp', { code: authenticator.code() }),
    );
    expect(enabling).toMatchObject([{ event: 'second_factor_enabled', user: { uid: expect.any(String) } }]);

    const device = browser.another();
    const withCallback = { email, password, callbackURL: '/x?error=1' };
    expect(await eventsOf(() => browser.another().post('/api/auth/sign-in/email', withCallback))).toMatchObject([
      { event: 'sign_in_challenged' },
    ]);
    const first = await eventsOf(() => device.post('/api/auth/sign-in/email', { email, password }));
    expect(first).toMatchObject([{ event: 'sign_in_challenged' }]);
    expect(await device.get('/api/auth/get-session')).toMatchObject({ json: null });
    const second = await eventsOf(() => verifyTotp(device, authenticator.code(1)));
    expect(second).toMatchObject([{ event: 'sign_in', user: { uid: expect.any(String) } }]);
  });
});

describe('nothing secret is logged', () => {
  test('over a whole life of a user, and over errors', async () => {
    const browser = await stack.start();
    const email = 'canary-address@example.com';
    const canaryPassword = 'canary-password-0123456789';
    const secrets: string[] = [email, canaryPassword, 'canary-secret', 'canary-callback'];
    const output = await captureLogs(async () => {
      await browser.post('/api/auth/sign-up/email', { name: 'A', email, password: canaryPassword });
      await browser.post('/api/auth/sign-up/email', { name: 'A', email, password: canaryPassword });
      const [mail] = await stack.mails();
      secrets.push(new URL(mail!.url!).searchParams.get('token')!);
      await browser.get(pathOf(mail?.url));
      await browser.post('/api/auth/sign-in/email', { email, password: `${canaryPassword} wrong` });
      await browser.post('/api/auth/sign-in/email', { email, password: canaryPassword });
      secrets.push(...browser.jar.values(), (await browser.get('/api/auth/get-session')).json.session.token);
      secrets.push((await browser.get('/api/auth/token')).json.token);
      await browser.post('/api/auth/sign-in/email', {
        email,
        password: 'x',
        callbackURL: 'https://canary-callback.example',
      });
      await browser.post('/api/auth/sign-out', {}, { Origin: 'https://canary-callback.example' });
      await browser.post('/api/auth/request-password-reset', { email, redirectTo: '/' });
      const reset = /reset-password\/([^?]+)/.exec((await stack.mails()).at(-1)!.url!)![1]!;
      secrets.push(reset);
      await browser.get(`/api/auth/reset-password/${reset}?callbackURL=%2F`);
      await browser.get(`/api/auth/reset-password/${reset}?callbackURL=https%3A%2F%2Fcanary-callback.example`);
      await browser.get(`/api/auth/reset-password/${reset}/more`);
      await browser.post('/api/auth/reset-password', { token: reset, newPassword: `${canaryPassword} new` });
    });
    expect(auditEvents(output).length).toBeGreaterThanOrEqual(8);
    for (const secret of secrets) {
      expect(output).not.toContain(secret);
      expect(output).not.toContain(encodeURIComponent(secret));
    }
  });

  test('a line break in a header or path forges no log line', async () => {
    const browser = await stack.start();
    const forged = '\n{"audit":{"event":"sign_in"}}';
    const output = await captureLogs(async () => {
      await browser.get('/nowhere', { 'User-Agent': `agent${forged}` });
      await browser.send({ path: `/nowhere${forged}` });
    });
    expect(auditEvents(output).map(({ event }) => event)).toEqual(['request_refused', 'request_refused']);
  });
});

describe('administrators', () => {
  const admin = 'admin@example.com';
  const user = 'managed@example.com';
  let browser: Browser;
  let adminId: string;
  let userId: string;
  beforeAll(async () => {
    browser = await stack.start({ now: frozenClock() });
    userId = (await signedIn(stack, browser.another(), user)).json.user.id;
    adminId = (await signedIn(stack, browser, admin)).json.user.id;
    const adapter = dynamodbAdapter({ client: stack.clients.dynamodb, tableName: 'identity' })({
      plugins: [adminPlugin()],
    });
    await adapter.update({ model: 'user', where: [{ field: 'id', value: adminId }], update: { role: 'admin' } });
  });

  test('an action names who acted and on whom', async () => {
    const events = await eventsOf(() => browser.post('/api/auth/admin/set-role', { userId, role: 'user' }));
    expect(events).toMatchObject([{ event: 'admin_action', actor: { user: { uid: adminId } }, user: { uid: userId } }]);
  });

  test('impersonation is no sign-in of the user, and stays visible in what is done under it', async () => {
    const events = await eventsOf(async () => {
      await browser.post('/api/auth/admin/impersonate-user', { userId });
      await browser.get('/api/auth/token');
      await browser.post('/api/auth/admin/stop-impersonating');
      await browser.get('/api/auth/token');
    });
    const both = { actor: { user: { uid: adminId } }, user: { uid: userId } };
    expect(events).toMatchObject([
      { event: 'impersonation_started', ...both },
      { event: 'token_issued', ...both },
      { event: 'impersonation_ended', ...both },
      { event: 'token_issued', user: { uid: adminId } },
    ]);
    expect(events[3]).not.toHaveProperty('actor');
  });

  test('passwords that they set meet the rules, and end the sessions of the user', async () => {
    const body = { name: 'N', email: 'new@example.com', password: 'a', role: 'user' };
    const refused = await browser.post('/api/auth/admin/create-user', body);
    expect(refused).toMatchObject({ status: 400, json: { code: 'PASSWORD_TOO_SHORT' } });
    const device = browser.another();
    expect(await device.post('/api/auth/sign-in/email', { email: user, password })).toMatchObject({ status: 200 });
    const newPassword = 'chosen by an administrator';
    const set = await browser.post('/api/auth/admin/set-user-password', { userId, newPassword });
    expect(set).toMatchObject({ status: 200 });
    expect(await device.get('/api/auth/get-session')).toMatchObject({ json: null });
  });

  test('who is none is refused, on record', async () => {
    const events = await eventsOf(() => browser.another().post('/api/auth/admin/ban-user', { userId }));
    expect(events).toMatchObject([{ event: 'admin_action_refused', user: { uid: userId } }]);
  });
});

describe('a rewritten cookie is no sign-in', () => {
  test('a changed profile is a change of the account', async () => {
    const browser = await stack.start();
    await signedIn(stack, browser, 'profile@example.com');
    const events = await eventsOf(() => browser.post('/api/auth/update-user', { name: 'New name' }));
    expect(events).toMatchObject([{ event: 'account_changed', user: { uid: expect.any(String) } }]);
  });

  test('a right password with an error in the callback is a sign-in all the same', async () => {
    const browser = await stack.start();
    const email = 'callback@example.com';
    await signedIn(stack, browser, email);
    const body = { email, password, callbackURL: '/x?error=1' };
    expect(await eventsOf(() => browser.another().post('/api/auth/sign-in/email', body))).toMatchObject([
      { event: 'sign_in', status_id: 1 },
    ]);
  });

  test('a reset names whose password it was', async () => {
    const browser = await stack.start();
    const email = 'reset-audit@example.com';
    const { json } = await signedIn(stack, browser, email);
    await browser.post('/api/auth/sign-out');
    await browser.post('/api/auth/request-password-reset', { email });
    const token = /reset-password\/([^?]+)/.exec((await stack.mails()).at(-1)!.url!)![1]!;
    const events = await eventsOf(() =>
      browser.post('/api/auth/reset-password', { token, newPassword: `${password} 2` }),
    );
    expect(events).toMatchObject([{ event: 'password_reset', user: { uid: json.user.id } }]);
  });
});
