import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SessionOptions } from '../../../../lambda/policy/session/session-options.ts';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { passTime, startClock, stopClock } from '../../../support/travel.ts';
import { anotherDevice, getSession, isSignedIn, startWith } from './sessions.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

describe('a setting that is dangerous ends the init', () => {
  test.each<[SessionOptions, string]>([
    [{ expiresIn: 60 }, 'sessions.expiresIn is 60; allowed are whole seconds from 300'],
    [
      { expiresIn: 40 * 86400 },
      'sessions.expiresIn is 3456000; allowed is 2592000 at most, which is sessions.absoluteLifetime',
    ],
    [{ updateAge: 0 }, 'sessions.updateAge is 0'],
    [{ updateAge: 8 * 86400 }, 'sessions.updateAge is 691200; allowed is 604800 at most, which is sessions.expiresIn'],
    [{ idleTimeout: 10 }, 'sessions.idleTimeout is 10; allowed are false and whole seconds from 300'],
    [{ idleTimeout: true, expiresIn: 600, updateAge: 600 }, 'sessions.idleTimeout is 1800; allowed is 600 at most'],
    [{ maxPerUser: 0 }, 'sessions.maxPerUser is 0; allowed are false and whole numbers from 1 to 50'],
    [{ whenFull: 'ask' as never }, "sessions.whenFull is \"ask\"; allowed are 'end-oldest' and 'refuse'"],
    [{ bindToNetwork: 'yes' as never }, 'sessions.bindToNetwork is "yes"; allowed are true and false'],
    [{ cookieCache: 61 }, 'sessions.cookieCache is 61; allowed are false and whole seconds from 1 to 60'],
  ])('%j', async (sessions, message) => {
    await expect(stack.start(withCheapPasswords({}, { sessions }))).rejects.toThrow(message);
  });

  test('of the secret’s rotation', async () => {
    const options = withCheapPasswords({}, { secrets: { acceptPrevious: -1 } });
    await expect(stack.start(options)).rejects.toThrow('secrets.acceptPrevious is -1');
  });
});

test('with a cookie cache a revoked session goes on for as long as that says, and no longer', async () => {
  stopClock();
  try {
    const { browser, trips } = await startWith(stack, { cookieCache: 60 });
    await signedIn(stack, browser, 'cached@example.com');
    const other = await anotherDevice(browser, 'cached@example.com');
    expect((await trips.during(() => getSession(other))).commands).toEqual([]);
    await browser.post('/api/auth/revoke-other-sessions');
    passTime(59);
    expect(await isSignedIn(other)).toBe(true);
    // What changes anything looks at the table.
    expect(await other.post('/api/auth/revoke-sessions')).toMatchObject({ status: 401 });
    passTime(2);
    expect(await isSignedIn(other)).toBe(false);
  } finally {
    startClock();
  }
});

test('binding and an idle timeout add no request to one of a session in use', async () => {
  const { browser, trips } = await startWith(stack, { bindToNetwork: true, bindToUserAgent: true, idleTimeout: true });
  await signedIn(stack, browser, 'defences@example.com');
  expect((await trips.during(() => getSession(browser))).commands).toHaveLength(1);
});
