import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { administrator, resetToken } from '../../../support/accounts.ts';
import { auditEvents, captureLogs } from '../../../support/capture-logs.ts';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Browser, baseUrl, password, type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { day, testClock } from './clock.ts';
import { attack, failFrom, newMember, newSource, signInFrom } from './sign-in.ts';

const clock = testClock();
let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  const lockout = { accountMaxFailures: 20 };
  browser = await stack.start({ ...withCheapPasswords({}, { lockout }), now: clock.now });
});
afterAll(() => stack.stop());
beforeEach(async () => {
  clock.advance(2 * day);
  await stack.queued();
});

/** A member who is locked at a source, and the mail that says so. */
async function lockedMember(email: string) {
  await newMember(stack, browser, email);
  const source = newSource();
  await failFrom(browser, email, source);
  const [mail] = await stack.mails();
  return { email, source, mail, link: new URL(mail?.url ?? '') };
}

const isLocked = async ({ email, source }: { email: string; source: string }) =>
  (await signInFrom(browser, email, { source })).status === 401;

const unlockPath = '/api/auth/unlock-account';
const post = (token: string | null) => browser.another().post(unlockPath, { token });

describe('the mail', () => {
  test('tells the owner once a lock', async () => {
    const email = await newMember(stack, browser, 'mail@example.com');
    const source = newSource();
    await failFrom(browser, email, source, 8);
    expect(await stack.queued()).toEqual([
      { kind: 'sign-in-locked', to: email, url: expect.stringMatching(/\/api\/auth\/unlock-account\?token=/) },
    ]);
    await attack(browser, email);
    expect((await stack.queued()).map(({ kind }) => kind)).toEqual(['account-locked']);
  });

  test('to nobody is queued too, and is for the mailer to drop', async () => {
    await failFrom(browser, 'nobody@example.com', newSource(), 8);
    expect(await stack.queued()).toMatchObject([{ kind: 'sign-in-locked', to: 'nobody@example.com', discard: true }]);
  });
});

describe('the link', () => {
  test('shows a form and changes nothing; the form lifts the lock, once', async () => {
    const member = await lockedMember('link@example.com');
    const page = await browser.get(`${unlockPath}${member.link.search}`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'.*form-action 'self'$/);
    // Otherwise browsers would send `Origin: null` with the form.
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect(await isLocked(member)).toBe(true);

    const token = member.link.searchParams.get('token')!;
    expect(page.raw.body).toContain(`value="${token}"`);
    const form = () =>
      browser.another().send({
        method: 'POST',
        path: unlockPath,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token }).toString(),
      });
    const output = await captureLogs(async () => expect(await form()).toMatchObject({ status: 200 }));
    expect(auditEvents(output)).toMatchObject([{ event: 'account_unlocked', user: { uid: expect.any(String) } }]);
    expect(await isLocked(member)).toBe(false);
    expect(await form()).toMatchObject({ status: 400, json: { code: 'INVALID_TOKEN' } });
  });

  test('lifts no later lock, and nothing when the lock has ended', async () => {
    const member = await lockedMember('later@example.com');
    clock.advanceMinutes(15);
    expect(await post(member.link.searchParams.get('token'))).toMatchObject({ status: 400 });
    await failFrom(browser, member.email, member.source);
    expect(await post(member.link.searchParams.get('token'))).toMatchObject({ status: 400 });
    expect(await isLocked(member)).toBe(true);
  });

  test('is signed', async () => {
    const member = await lockedMember('signed@example.com');
    const [payload = '', signature = ''] = member.link.searchParams.get('token')!.split('.');
    const claim = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claim, expires: claim.expires + 1 })).toString('base64url');
    for (const token of [`${forged}.${signature}`, payload, `${payload}.`, '', '.', 'x'.repeat(2000)]) {
      expect((await post(token)).status).toBe(400);
    }
    expect(await isLocked(member)).toBe(true);
  });

  test('shows nothing of a token as markup', async () => {
    const page = await browser.get(`${unlockPath}?token=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(page.raw.body).not.toContain('<script');
  });

  test('leads below the base URL', async () => {
    const { link } = await lockedMember('below@example.com');
    expect(link.href.startsWith(`${baseUrl}${unlockPath}?`)).toBe(true);
  });
});

describe('an administrator', () => {
  test('lifts all locks of a user, and nobody else may', async () => {
    const office = browser.another();
    await administrator(stack, office, 'root@example.com');
    const stranger = browser.another();
    const { json } = await signedIn(stack, stranger, 'stranger@example.com');
    const member = await lockedMember('helped@example.com');
    const device = browser.another();
    clock.advanceMinutes(15);
    const { json: signed } = await device.post('/api/auth/sign-in/email', { email: member.email, password });
    await attack(browser, member.email);
    const userId = signed.user.id;

    const unlock = (who: Browser, body: object) => who.post('/api/auth/admin/unlock-user', body);
    expect(await unlock(stranger, { userId })).toMatchObject({
      status: 403,
      json: { code: 'YOU_ARE_NOT_ALLOWED_TO_UNLOCK_USERS' },
    });
    expect(await unlock(browser.another(), { userId })).toMatchObject({ status: 401 });
    expect(await unlock(office, { userId: 'nobody' })).toMatchObject({ status: 404 });
    expect(await isLocked(member)).toBe(true);

    clock.advance(1000);
    const output = await captureLogs(async () => {
      expect(await unlock(office, { userId })).toMatchObject({ status: 200, json: { status: true } });
    });
    expect(auditEvents(output)).toMatchObject([
      { event: 'account_unlocked', user: { uid: userId }, actor: { user: { uid: expect.any(String) } } },
    ]);
    expect(await isLocked(member)).toBe(false);
    expect(json.user.id).not.toBe(userId);
  });
});

test('a password that is reset by mail lifts all locks: its owner has the mailbox', async () => {
  const member = await lockedMember('reset@example.com');
  await attack(browser, member.email);
  clock.advance(1000);
  await browser.another().post('/api/auth/request-password-reset', { email: member.email, redirectTo: '/reset' });
  const newPassword = 'another good long password';
  const reset = { token: await resetToken(stack), newPassword };
  expect(await browser.another().post('/api/auth/reset-password', reset)).toMatchObject({ status: 200 });
  expect(await signInFrom(browser, member.email, { password: newPassword })).toMatchObject({ status: 200 });
});
