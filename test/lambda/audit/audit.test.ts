import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { admin as adminPlugin, emailOTP, multiSession } from 'better-auth/plugins';
import type { AuthOptions } from '../../../lambda/auth/auth-options.ts';
import { dynamodbAdapter } from '../../../lambda/identity/index.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { authenticatorOf, memberWithSecondFactor, verifyTotp } from '../../support/second-factor.ts';
import { type Browser, frozenClock, password, pathOf, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const start = (options: AuthOptions = {}) => stack.start({ ...withCheapPasswords({}, options), now: frozenClock() });

/** The events of one request. */
async function eventsOf(run: () => Promise<unknown>) {
  return auditEvents(await captureLogs(run));
}

describe('every outcome is one event', () => {
  const email = 'audit@example.com';
  let browser: Browser;
  beforeAll(async () => {
    browser = await start();
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
    { event: 'email_verification_failed', status_code: 'INVALID_TOKEN' },
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
    { event: 'request_refused', status_code: 'MALFORMED_EVENT', user: { name: 'unknown' } },
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
    const browser = await start();
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

describe('what is on record as nothing else', () => {
  const never = ['sign_in', 'sign_in_challenged', 'sign_in_failed', 'second_factor_failed'];
  const routes = ['/sign-in/email', '/two-factor/verify-totp', '/callback/google', '/magic-link/verify'];

  test.each(routes)('a preflight of %s is none', async (path) => {
    const browser = await start();
    expect(await eventsOf(() => browser.send({ method: 'OPTIONS', path: `/api/auth${path}` }))).toEqual([]);
  });

  test.each(['GET', 'HEAD', 'PUT'])('%s where a sign-in is posted is no sign-in', async (method) => {
    const browser = await start();
    for (const path of ['/sign-in/email', '/sign-in/nowhere', '/two-factor/verify-totp']) {
      const events = await eventsOf(() => browser.send({ method, path: `/api/auth${path}` }));
      expect(events).toMatchObject([{ event: 'request_refused', status_code: 'NOT_FOUND' }]);
      expect(never).not.toContain(events[0]?.event);
    }
  });

  test('a guess at a reset link', async () => {
    const browser = await start();
    expect(await eventsOf(() => browser.get('/api/auth/reset-password/nonsense?callbackURL=%2F'))).toMatchObject([
      { event: 'password_reset_failed', status_code: 'INVALID_TOKEN' },
    ]);
  });

  test('a backup code that is used up without a session is no sign-in', async () => {
    const browser = await start();
    const { browser: device, email } = await memberWithSecondFactor(stack, browser, 'backup@example.com');
    const { json } = await device.post('/api/auth/two-factor/generate-backup-codes', { password });
    const other = browser.another();
    await other.post('/api/auth/sign-in/email', { email, password });
    const body = { code: json.backupCodes[0], disableSession: true };
    const events = await eventsOf(() => other.post('/api/auth/two-factor/verify-backup-code', body));
    expect(events).toMatchObject([{ event: 'account_changed', http_response: { code: 200 } }]);
  });

  test('plugins: a reset by code is a reset, and sessions that are switched or revoked are no sign-in', async () => {
    let otp = '';
    const codes = emailOTP({
      sendVerificationOTP: async (sent) => {
        otp = sent.otp;
      },
    });
    const browser = await start({ plugins: [codes, multiSession()] });
    const email = 'by-code@example.com';
    await signedIn(stack, browser, email);
    const { json } = await browser.get('/api/auth/multi-session/list-device-sessions');
    const sessionToken = json[0].session.token;
    const post = (path: string, body: object) => eventsOf(() => browser.post(`/api/auth${path}`, body));
    expect(await post('/multi-session/set-active', { sessionToken })).toMatchObject([{ event: 'account_changed' }]);
    expect(await post('/multi-session/revoke', { sessionToken })).toMatchObject([{ event: 'session_revoked' }]);
    expect(await post('/email-otp/request-password-reset', { email })).toMatchObject([
      { event: 'password_reset_requested' },
    ]);
    expect(await post('/email-otp/reset-password', { email, otp, password: `${password} 2` })).toMatchObject([
      { event: 'password_reset', user: { uid: expect.any(String) } },
    ]);
  });

  test('a sign-in whose mail is lost is both', async () => {
    const email = 'unmailed@example.com';
    await signedIn(stack, await start(), email);
    const sqs = new SQSClient({ ...awsConfig('http://127.0.0.1:9'), maxAttempts: 1 });
    const browser = await stack.start({ ...withCheapPasswords(), now: frozenClock(), clients: { sqs } });
    const signIn = { method: 'POST', path: '/api/auth/sign-in/email', sourceIp: '203.0.113.77' };
    const events = await eventsOf(() => browser.send({ ...signIn, body: { email, password } }));
    expect(events).toMatchObject([
      { event: 'suspicious_activity', status_code: 'NEW_NETWORK' },
      { event: 'mail_failed', status_code: 'MAIL_UNAVAILABLE', status_detail: expect.any(String) },
      { event: 'sign_in', session: { uid: expect.any(String) } },
    ]);
    expect(events[2]).not.toHaveProperty('status_code');
    expect(events[2]).not.toHaveProperty('status_detail');
  });
});

describe('what is logged of a request', () => {
  test('a control, bidirectional or broken character forges no line, and a long text is cut', async () => {
    const browser = await start();
    const forged = '\n{"audit":{"event":"sign_in"}}\u0000\u001b[2K\r\u202e\u2066\u2028\ud800\u200b\u009b';
    const output = await captureLogs(async () => {
      await browser.get('/nowhere', { 'User-Agent': `agent${forged}` });
      await browser.get('/nowhere', { 'User-Agent': 'a'.repeat(100_000) });
      await browser.send({ path: `/nowhere${forged}` });
      await browser.post('/api/auth/admin/ban-user', { userId: `somebody${forged}${'b'.repeat(50_000)}` });
      await browser.post('/api/auth/sign-in/email', { email: `a@b.c${forged}`, password });
    });
    expect(
      output
        .trimEnd()
        .split('\n')
        .filter((line) => line.includes('"audit"')),
    ).toHaveLength(5);
    expect(auditEvents(output).map(({ event }) => event)).toEqual([
      ...Array<string>(3).fill('request_refused'),
      'admin_action_refused',
      'sign_in_failed',
    ]);
    expect(output.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    // Nothing that JSON decodes to such a character either.
    expect(output).not.toMatch(/\\u(00[01]|007f|009|20[2-6]|200|d8)|\\[nrtbf]/i);
    for (const line of output.split('\n')) expect(line.length).toBeLessThan(3_000);
  });

  test.each([
    ['hash', {}],
    ['masked', { email_addr: 'c***@example.com' }],
    ['clear', { email_addr: 'canary@example.com' }],
  ] as const)("an e-mail address with audit.email '%s'", async (email, shown) => {
    const browser = await start({ audit: { email } });
    const body = { email: ' Canary@Example.com', password };
    const output = await captureLogs(() => browser.post('/api/auth/sign-in/email', body));
    const hash = { email_hash: expect.stringMatching(/^[\w-]{43}$/) };
    expect(auditEvents(output)[0]?.user).toEqual({ name: 'unknown', type_id: 0, ...hash, ...shown });
    expect(output.includes('canary')).toBe(email === 'clear');
  });

  test('what is no address is never shown: people type passwords into the wrong field', async () => {
    const browser = await start({ audit: { email: 'clear' } });
    const output = await captureLogs(() => browser.post('/api/auth/sign-in/email', { email: password, password }));
    expect(output).not.toContain(password);
  });

  test.each([
    ['198.51.100.77', 'full', '198.51.100.77'],
    ['198.51.100.77', 'truncated', '198.51.100.0'],
    ['2001:db8:1234:5678::9', 'full', '2001:db8:1234:5678::9'],
    ['2001:db8:1234:5678::9', 'truncated', '2001:db8:1234::'],
  ] as const)("the address %s with audit.ip '%s' is %s", async (sourceIp, ip, shown) => {
    const browser = await start({ audit: { ip } });
    const output = await captureLogs(() => browser.send({ path: '/nowhere', sourceIp }));
    expect(auditEvents(output)).toMatchObject([{ src_endpoint: { ip: shown } }]);
  });

  test.each(['error', 'SILENT'])('a log level of %s does not silence it', async (level) => {
    // The level is read when the module is loaded.
    process.env.POWERTOOLS_LOG_LEVEL = level;
    jest.resetModules();
    const { createAuditLog } = await import('../../../lambda/audit/audit-log.ts');
    delete process.env.POWERTOOLS_LOG_LEVEL;
    const log = createAuditLog({ pseudonymKey: () => undefined, options: undefined });
    const context = { requestId: 'r', method: 'GET', path: '/nowhere', sourceIp: '192.0.2.1', startedAt: new Date() };
    const output = await captureLogs(async () =>
      log.record(
        { ...context, userAgent: undefined, origin: undefined, host: undefined, pending: [] },
        { status: 404, code: 'NOT_FOUND', location: undefined },
      ),
    );
    expect(auditEvents(output)).toMatchObject([{ event: 'request_refused' }]);
  });
});

describe('administrators', () => {
  const admin = 'admin@example.com';
  const user = 'managed@example.com';
  let browser: Browser;
  let adminId: string;
  let userId: string;
  beforeAll(async () => {
    browser = await stack.start({ ...withCheapPasswords({ setByAdministrators: true }), now: frozenClock() });
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
    const browser = await start();
    await signedIn(stack, browser, 'profile@example.com');
    const events = await eventsOf(() => browser.post('/api/auth/update-user', { name: 'New name' }));
    expect(events).toMatchObject([{ event: 'account_changed', user: { uid: expect.any(String) } }]);
  });

  test('a right password with an error in the callback is a sign-in all the same', async () => {
    const browser = await start();
    const email = 'callback@example.com';
    await signedIn(stack, browser, email);
    const body = { email, password, callbackURL: '/x?error=1' };
    expect(await eventsOf(() => browser.another().post('/api/auth/sign-in/email', body))).toMatchObject([
      { event: 'sign_in', status_id: 1 },
    ]);
  });

  test('a reset names whose password it was', async () => {
    const browser = await start();
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
