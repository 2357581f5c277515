import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAuthMiddleware } from 'better-auth/api';
import type { AuthOptions } from '../../../../lambda/auth/auth-options.ts';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Browser, type Stack, startStack } from '../../../support/stack.ts';
import { compareMedians, medianTimes } from '../../../support/timing.ts';
import { testClock } from './clock.ts';
import { failFrom, newMember, newSource, signInFrom, wrongPassword } from './sign-in.ts';

/** A twelfth of the default's work: still most of the time that an answer takes, as it is in a deployment. */
const cost = { N: 2 ** 13, r: 8, p: 1 };
const members = ['one@example.com', 'two@example.com', 'three@example.com'];
const strangers = ['nobody-1@example.com', 'nobody-2@example.com', 'nobody-3@example.com'];
const locked = 'locked@example.com';
const lockedSource = newSource();

/** Medians of 200 turns. */
let times: { wrong: number; unknown: number; locked: number; leaky: number };
/** What two arms that do the same thing differ by. */
let noise: number;
let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  const browser = await start();
  const leaky = await start({ hooks: { before: refuseWithoutHash } });
  for (const email of [...members, locked]) await newMember(stack, browser, email);
  await failFrom(browser, locked, lockedSource);

  /** Never locked: the failures are spread over accounts and come from new sources. */
  const guessAt = (emails: readonly string[]) => (turn: number) =>
    signInFrom(browser, emails[Math.abs(turn) % emails.length]!, { password: wrongPassword });
  const [wrong, wrongAgain, unknown, ofLocked, ofLeaky] = await medianTimes([
    guessAt(members),
    guessAt(members),
    guessAt(strangers),
    () => signInFrom(browser, locked, { source: lockedSource }),
    () => signInFrom(leaky, locked, { source: lockedSource }),
  ]);
  times = { wrong: wrong!, unknown: unknown!, locked: ofLocked!, leaky: ofLeaky! };
  noise = Math.abs(wrong! - wrongAgain!);
}, 300_000);
afterAll(() => stack.stop());

/** Limits on sources are not the point. */
const start = (options: AuthOptions = {}): Promise<Browser> => {
  const limits = { default: false, paths: { '/sign-in/*': false } } as const;
  return stack.start({ ...withCheapPasswords({ cost }, { limits, ...options }), now: testClock().now });
};

/** What an implementation does that looks at the lock first. */
const refuseWithoutHash = createAuthMiddleware(async ({ body, error }) => {
  if (body?.email === locked) throw error('UNAUTHORIZED', { code: 'INVALID_EMAIL_OR_PASSWORD' });
});

test('an unknown account takes as long as a wrong password', () => {
  expect(compareMedians(times.wrong, times.unknown, noise)).toMatchObject({ distinguishable: false });
});

test('a locked account takes as long as both, even when the password is right', () => {
  expect(compareMedians(times.wrong, times.locked, noise)).toMatchObject({ distinguishable: false });
  expect(compareMedians(times.unknown, times.locked, noise)).toMatchObject({ distinguishable: false });
});

test('the same comparison tells when a locked account is answered without the hash', () => {
  expect(compareMedians(times.wrong, times.leaky, noise)).toMatchObject({ distinguishable: true });
});
