import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkSettings } from '../../../contract/check-settings.ts';
import { administrator } from '../../support/accounts.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { type Browser, frozenClock, password, pathOf, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';

let stack: Stack;
let office: Browser;
let adminId: string;
let people = 0;
beforeAll(async () => {
  stack = await startStack();
  office = await stack.start({ now: frozenClock() });
  adminId = (await administrator(stack, office, 'office@example.com')).json.user.id;
});
afterAll(() => stack.stop());

const path = '/api/auth/admin/send-password-reset';
const newPassword = `${password} 2`;
const isSignedIn = async (browser: Browser) => (await browser.get('/api/auth/get-session')).json !== null;

async function member() {
  const browser = office.another();
  const email = `member-${++people}@example.com`;
  const { json } = await signedIn(stack, browser, email);
  await stack.queued();
  return { browser, email, userId: json.user.id as string };
}

const send = (userId: string, more: object = {}) => office.post(path, { userId, ...more });
const signIn = (email: string, secret: string) =>
  office.another().post('/api/auth/sign-in/email', { email, password: secret });

describe('an administrator who starts a reset', () => {
  test('learns no link, and ends nothing until the user follows it; who started it is on record', async () => {
    const { browser, email, userId } = await member();
    const output = await captureLogs(async () => {
      const answer = await send(userId, { redirectTo: '/choose' });
      expect(answer).toMatchObject({ status: 200, json: { status: true } });
      expect(Object.keys(answer.json)).toEqual(['status']);
    });
    expect(auditEvents(output)).toMatchObject([
      { event: 'password_reset_started', actor: { user: { uid: adminId } }, user: { uid: userId } },
    ]);
    const mails = await stack.mails();
    expect(mails).toEqual([{ kind: 'reset-by-administrator', to: email, url: expect.any(String) }]);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await signIn(email, password)).toMatchObject({ status: 200 });

    const followed = await office.another().get(pathOf(mails[0]?.url));
    const target = new URL(followed.headers.get('location') ?? '');
    expect(target.pathname).toBe('/choose');
    const body = { token: target.searchParams.get('token'), newPassword };
    const reset = () => office.another().post('/api/auth/reset-password', body);
    expect(await reset()).toMatchObject({ status: 200 });
    expect(await reset()).toMatchObject({ status: 400 });
    expect(await isSignedIn(browser)).toBe(false);
    expect(await signIn(email, password)).toMatchObject({ status: 401 });
    expect(await signIn(email, newPassword)).toMatchObject({ status: 200 });
  });

  test('can end the sessions of the user at once', async () => {
    const { browser, email, userId } = await member();
    expect(await send(userId, { revokeSessions: true })).toMatchObject({ status: 200 });
    expect(await isSignedIn(browser)).toBe(false);
    expect(await signIn(email, password)).toMatchObject({ status: 200 });
  });

  test('is told when the user had enough of these mails, which strangers cannot bring about', async () => {
    const { email, userId } = await member();
    for (let time = 0; time < 4; time++) await office.another().post('/api/auth/request-password-reset', { email });
    const answers = [];
    for (let time = 0; time < 4; time++) answers.push((await send(userId)).status);
    expect(answers).toEqual([200, 200, 200, 429]);
    expect((await send(userId)).json).toMatchObject({ code: 'TOO_MANY_MAILS' });
    const kinds = (await stack.mails()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'reset-by-administrator')).toHaveLength(3);
  });

  test('is answered 503 when the mail cannot be queued', async () => {
    const sqs = new SQSClient({ ...awsConfig('http://127.0.0.1:9'), maxAttempts: 1 });
    const offline = await stack.start({ clients: { sqs } });
    for (const [name, value] of office.jar) offline.jar.set(name, value);
    const { userId } = await member();
    expect(await offline.post(path, { userId })).toMatchObject({ status: 503, json: { code: 'MAIL_UNAVAILABLE' } });
  });

  test.each([
    ['nobody’s session', (body: object) => office.another().post(path, body), 401, 'UNAUTHORIZED'],
    [
      'a user’s session',
      async (body: object) => (await member()).browser.post(path, body),
      403,
      'YOU_ARE_NOT_ALLOWED_TO_RESET_PASSWORDS',
    ],
    [
      'another network',
      (body: object) => office.send({ method: 'POST', path, body, sourceIp: '203.0.113.7' }),
      403,
      'ADMIN_NETWORK_REQUIRED',
    ],
    [
      'another origin as the target',
      (body: object) => office.post(path, { ...body, redirectTo: 'https://evil.example/' }),
      403,
      'INVALID_REDIRECT_URL',
    ],
    ['a user who is none', () => office.post(path, { userId: 'nobody' }), 404, 'USER_NOT_FOUND'],
  ])('is refused with %s', async (_, request, status, code) => {
    const { userId } = await member();
    const output = await captureLogs(async () =>
      expect(await request({ userId })).toMatchObject({ status, json: { code } }),
    );
    expect(auditEvents(output).at(-1)?.event).not.toBe('password_reset_started');
    expect(await stack.mails()).toEqual([]);
  });
});

describe('a password that an administrator chooses', () => {
  const set = (browser: Browser, userId: string) =>
    browser.post('/api/auth/admin/set-user-password', { userId, newPassword });

  test('is not to be had unless the options say so', async () => {
    const { email, userId } = await member();
    expect(await set(office, userId)).toMatchObject({ status: 404 });
    expect(await signIn(email, password)).toMatchObject({ status: 200 });
    const open = await stack.start({ options: { passwords: { setByAdministrators: true } } });
    for (const [name, value] of office.jar) open.jar.set(name, value);
    expect(await set(open, userId)).toMatchObject({ status: 200 });
    expect(await signIn(email, newPassword)).toMatchObject({ status: 200 });
  });

  test('is a weakening that the doctor names, as are changes that users are not told of', () => {
    const given = { passwords: { setByAdministrators: true }, accountNotices: { mail: false } };
    const warned = (options: object) =>
      checkSettings(options, 'prod').flatMap(({ setting, warning }) => (warning ? [setting] : []));
    const byDefault = warned({});
    const added = warned(given).filter((setting) => !byDefault.includes(setting));
    expect(added).toEqual(['passwords.setByAdministrators', 'accountNotices.mail']);
  });
});
