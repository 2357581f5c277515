import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { days, hours, minutes, passTime, startClock, stopClock } from '../../../support/travel.ts';
import { expiryOf, getSession, isSignedIn, signIn, startWith } from './sessions.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());
beforeEach(stopClock);
afterEach(startClock);

const from = (start: number, seconds: number) => start + seconds * 1000;

describe('by default a session', () => {
  test('lasts 7 days, and each day that it is used extends it', async () => {
    const { browser } = await startWith(stack);
    await signedIn(stack, browser, 'week@example.com');
    const start = Date.now();
    expect(expiryOf(await getSession(browser))).toBe(from(start, 7 * days));
    passTime(23 * hours);
    expect(expiryOf(await getSession(browser))).toBe(from(start, 7 * days));
    passTime(2 * hours);
    const extended = await getSession(browser);
    expect(expiryOf(extended)).toBe(from(start, 7 * days + 25 * hours));
    expect(extended.cookies.join()).toMatch(/session_token=.*Max-Age=604800/);
    passTime(7 * days);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('ends after 30 days however much it is used, with no write a request before', async () => {
    const { browser, trips } = await startWith(stack);
    await signedIn(stack, browser, 'month@example.com');
    const start = Date.now();
    for (let use = 1; use <= 28; use++) {
      passTime(25 * hours);
      expect(expiryOf(await getSession(browser))).toBeLessThanOrEqual(from(start, 30 * days));
    }
    expect(expiryOf(await getSession(browser))).toBe(from(start, 30 * days));
    expect((await trips.during(() => getSession(browser))).commands).toHaveLength(1);
    passTime(20 * hours - 1);
    expect(await isSignedIn(browser)).toBe(true);
    passTime(1);
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('an absolute lifetime', () => {
  test('counts for sessions that were created under a longer one', async () => {
    const { browser } = await startWith(stack);
    await signedIn(stack, browser, 'shorter@example.com');
    const { browser: stricter } = await startWith(stack, {
      absoluteLifetime: 1 * days,
      expiresIn: 1 * days,
      updateAge: 1 * hours,
    });
    for (const [name, value] of browser.jar) stricter.jar.set(name, value);
    passTime(1 * days - 1);
    expect(await isSignedIn(stricter)).toBe(true);
    passTime(1);
    expect(await isSignedIn(stricter)).toBe(false);
  });
});

describe('a session that is not to be remembered', () => {
  test('lasts a day, also for a client that leaves out the cookie that says so', async () => {
    const { browser } = await startWith(stack);
    await signedIn(stack, browser, 'forget@example.com');
    const device = browser.another();
    await signIn(device, 'forget@example.com', { rememberMe: false });
    const start = Date.now();
    for (const name of device.jar.keys()) if (name.includes('dont_remember')) device.jar.delete(name);
    passTime(12 * hours);
    expect(expiryOf(await getSession(device))).toBe(from(start, 1 * days));
    passTime(12 * hours);
    expect(await isSignedIn(device)).toBe(false);
  });
});

describe('an idle timeout', () => {
  test('of 30 minutes ends a session between 25 and 30 minutes after its last use, and never one in use', async () => {
    const { browser } = await startWith(stack, { idleTimeout: true });
    await signedIn(stack, browser, 'idle@example.com');
    for (let i = 0; i < 5; i++) {
      passTime(24 * minutes);
      expect(await isSignedIn(browser)).toBe(true);
      passTime(4 * minutes);
      expect(await isSignedIn(browser)).toBe(true);
    }
    passTime(30 * minutes);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('writes once in five minutes, not with every request', async () => {
    const { browser, trips } = await startWith(stack, { idleTimeout: 30 * minutes });
    await signedIn(stack, browser, 'idle-writes@example.com');
    const { commands } = await trips.during(async () => {
      for (let minute = 0; minute < 30; minute++) {
        passTime(1 * minutes);
        await getSession(browser);
      }
    });
    expect(commands.filter((command) => command === 'UpdateItemCommand')).toHaveLength(6);
    expect(commands).toHaveLength(36);
  });

  test('is off by default', async () => {
    const { browser } = await startWith(stack);
    await signedIn(stack, browser, 'no-idle@example.com');
    passTime(6 * days);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

test('last use is written at most every 15 minutes, beside one request', async () => {
  const { browser, trips } = await startWith(stack);
  await signedIn(stack, browser, 'seen@example.com');
  const start = Date.now();
  passTime(14 * minutes);
  expect((await trips.during(() => getSession(browser))).commands).toHaveLength(1);
  passTime(1 * minutes);
  // Of parallel requests one writes.
  const { commands } = await trips.during(() => Promise.all([1, 2, 3].map(() => getSession(browser))));
  expect(commands.filter((command) => command === 'BatchGetItemCommand')).toHaveLength(3);
  const { json } = await getSession(browser);
  expect(Date.parse(json.session.lastSeenAt)).toBe(start + 15 * minutes * 1000);
  passTime(14 * minutes);
  expect((await trips.during(() => getSession(browser))).commands).toHaveLength(1);
});
