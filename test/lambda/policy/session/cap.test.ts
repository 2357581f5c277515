import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { administrator } from '../../../support/accounts.ts';
import { auditEvents, captureLogs } from '../../../support/capture-logs.ts';
import { authenticatorOf, memberWithSecondFactor, verifyTotp } from '../../../support/second-factor.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { days, minutes, passTime, startClock, stopClock } from '../../../support/travel.ts';
import { anotherDevice, getSession, isSignedIn, signIn, startWith } from './sessions.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());
beforeEach(stopClock);
afterEach(startClock);

const signedInOf = async (devices: readonly Browser[]) => {
  const states = [];
  for (const device of devices) states.push(await isSignedIn(device));
  return states;
};

/** A user with this many devices, a minute between each sign-in and the next. */
async function devicesOf(first: Browser, email: string, count: number): Promise<Browser[]> {
  await signedIn(stack, first, email);
  const devices = [first];
  while (devices.length < count) {
    passTime(1 * minutes);
    devices.push(await anotherDevice(first, email));
  }
  return devices;
}

describe('a sixth sign-in', () => {
  test('ends the session that was seen least recently', async () => {
    const { browser } = await startWith(stack);
    const devices = await devicesOf(browser, 'six@example.com', 5);
    passTime(20 * minutes);
    // All are used but the third.
    for (const device of devices) if (device !== devices[2]) await getSession(device);
    const sixth = await anotherDevice(browser, 'six@example.com');
    expect(await signedInOf([...devices, sixth])).toEqual([true, true, false, true, true, true]);
  });

  test('by setting is refused after the right password, and on record', async () => {
    const { browser } = await startWith(stack, { maxPerUser: 2, whenFull: 'refuse' });
    const devices = await devicesOf(browser, 'full@example.com', 2);
    const third = browser.another();
    const output = await captureLogs(async () => {
      expect(await signIn(third, 'full@example.com')).toMatchObject({
        status: 403,
        json: { code: 'TOO_MANY_SESSIONS' },
        cookies: [],
      });
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'sign_in_failed', status_code: 'TOO_MANY_SESSIONS' }]);
    expect(await signedInOf([...devices, third])).toEqual([true, true, false]);
    await devices[0]!.post('/api/auth/sign-out');
    expect(await signIn(third, 'full@example.com')).toMatchObject({ status: 200 });
  });

  test('finds room where sessions have expired', async () => {
    const { browser } = await startWith(stack, { maxPerUser: 2, whenFull: 'refuse' });
    await devicesOf(browser, 'expired@example.com', 2);
    passTime(8 * days);
    expect(await signIn(browser.another(), 'expired@example.com')).toMatchObject({ status: 200 });
  });

  test('finds room where sessions are idle for too long', async () => {
    const { browser } = await startWith(stack, { maxPerUser: 2, whenFull: 'refuse', idleTimeout: true });
    await devicesOf(browser, 'idle@example.com', 2);
    expect(await signIn(browser.another(), 'idle@example.com')).toMatchObject({ status: 403 });
    passTime(30 * minutes);
    expect(await signIn(browser.another(), 'idle@example.com')).toMatchObject({ status: 200 });
  });

  test('takes no longer a chain of requests than the first', async () => {
    const { browser, trips } = await startWith(stack, { maxPerUser: 1 });
    await signedIn(stack, browser, 'chain@example.com');
    // The limiter's is on top.
    expect((await trips.during(() => anotherDevice(browser, 'chain@example.com'))).chain).toBeLessThanOrEqual(4 + 1);
    expect(await isSignedIn(browser)).toBe(false);
  });
});

test('without a cap nothing ends', async () => {
  const { browser } = await startWith(stack, { maxPerUser: false });
  const devices = await devicesOf(browser, 'many@example.com', 8);
  expect(await signedInOf(devices)).toEqual(Array(8).fill(true));
});

describe('a second factor', () => {
  test('that is still awaited ends no session; once shown it does', async () => {
    const { browser } = await startWith(stack, { maxPerUser: 2 });
    const member = await memberWithSecondFactor(stack, browser, 'factor@example.com');
    passTime(1 * minutes);
    const second = browser.another();
    await signIn(second, member.email);
    await verifyTotp(second, member.authenticator.code());
    passTime(1 * minutes);
    const stranger = browser.another();
    for (let i = 0; i < 3; i++) await signIn(stranger, member.email);
    expect(await signedInOf([browser, second, stranger])).toEqual([true, true, false]);
    await verifyTotp(stranger, member.authenticator.code());
    expect(await signedInOf([browser, second, stranger])).toEqual([false, true, true]);
  });

  test('that a trusted device need not show: the session counts, and lasts', async () => {
    const { browser } = await startWith(stack, { maxPerUser: 1 });
    const member = await memberWithSecondFactor(stack, browser, 'trusted@example.com');
    const device = browser.another();
    await signIn(device, member.email);
    await verifyTotp(device, member.authenticator.code(), { trustDevice: true });
    passTime(2 * minutes);
    expect(await signedInOf([browser, device])).toEqual([false, true]);
    const again = await signIn(device, member.email);
    expect(again.json).not.toHaveProperty('twoFactorRedirect');
    passTime(10 * minutes);
    const { json } = await getSession(device);
    expect(Date.parse(json.session.expiresAt) - Date.now()).toBeGreaterThan(6 * days * 1000);
    expect(await device.get('/api/auth/list-sessions')).toMatchObject({ json: [{}] });
  });

  test('on a trusted device where the new one is refused: no cookie, no session', async () => {
    const roomy = await startWith(stack, { maxPerUser: 2, whenFull: 'refuse' });
    const member = await memberWithSecondFactor(stack, roomy.browser, 'refused@example.com');
    const device = roomy.browser.another();
    await signIn(device, member.email);
    await verifyTotp(device, member.authenticator.code(), { trustDevice: true });
    const cookies = [...device.jar].filter(([name]) => !name.includes('session'));
    const again = roomy.browser.another();
    for (const [name, value] of cookies) again.jar.set(name, value);
    const answer = await signIn(again, member.email);
    expect(answer).toMatchObject({ status: 403, json: { code: 'TOO_MANY_SESSIONS' } });
    expect(answer.cookies.join()).not.toMatch(/session_token=[^;]/);
    const bearer = { Authorization: `Bearer ${answer.headers.get('set-auth-token')}` };
    expect((await roomy.browser.another().get('/api/auth/get-session', bearer)).json).toBeNull();
    passTime(2 * minutes);
    expect((await device.get('/api/auth/list-sessions')).json).toHaveLength(2);
  });

  test('that is set up ends nothing else, though the session is a new one', async () => {
    const { browser } = await startWith(stack, { maxPerUser: 2, whenFull: 'refuse' });
    await signedIn(stack, browser, 'set-up@example.com');
    const other = await anotherDevice(browser, 'set-up@example.com');
    const { json } = await other.post('/api/auth/two-factor/enable', { password });
    const before = other.jar.get('__Host-auth.session_token');
    expect(await verifyTotp(other, authenticatorOf(json.totpURI).code())).toMatchObject({ status: 200 });
    expect(other.jar.get('__Host-auth.session_token')).not.toBe(before);
    expect(await signedInOf([browser, other])).toEqual([true, true]);
    expect((await getSession(other)).json.user).toMatchObject({ twoFactorEnabled: true });
  });
});

test('an administrator’s impersonation ends no session of the user', async () => {
  const { browser } = await startWith(stack, { maxPerUser: 1 });
  const { json } = await signedIn(stack, browser, 'user@example.com');
  const office = browser.another();
  await administrator(stack, office, 'admin@example.com');
  expect(await office.post('/api/auth/admin/impersonate-user', { userId: json.user.id })).toMatchObject({
    status: 200,
  });
  expect(await isSignedIn(browser)).toBe(true);
  expect((await getSession(office)).json).toMatchObject({ user: { email: 'user@example.com' } });
});

test('a banned user gets no session, and leaves none behind', async () => {
  const { browser } = await startWith(stack);
  const { json } = await signedIn(stack, browser, 'banned@example.com');
  const office = browser.another();
  await administrator(stack, office, 'banning@example.com');
  await office.post('/api/auth/admin/ban-user', { userId: json.user.id });
  expect(await browser.post('/api/auth/sign-in/email', { email: 'banned@example.com', password })).toMatchObject({
    status: 403,
  });
  const sessions = await office.post('/api/auth/admin/list-user-sessions', { userId: json.user.id });
  expect(sessions.json).toEqual({ sessions: [] });
});
