import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rateLimitTable } from '../../../../lambda/limits/index.ts';
import { startTables } from '../../../support/tables.ts';
import { guessing } from './guesses.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables(rateLimitTable('limits'));
});
afterAll(() => tables.stop());

/** A wrong guess while a malformed request, which is given back, is in hand: what a guesser can send together at will. */
async function guessBeside({ lockout, login }: ReturnType<typeof guessing>, source: string, malformed = source) {
  const cover = await lockout.arrive({ login, source: malformed, device: undefined });
  const attempt = await lockout.arrive({ login, source, device: undefined });
  if (attempt.refusedBy === undefined) await attempt.fail();
  await cover.giveBack();
  return attempt.refusedBy;
}

// One less than the limit: the guess in hand takes a place too.
test('a failure of the same second as a guess that is given back is not forgotten: the source is locked', async () => {
  const own = guessing(tables);
  const refused: unknown[] = [];
  for (let guess = 0; guess < 8; guess++) refused.push(await guessBeside(own, '203.0.113.1'));
  expect(refused.filter((by) => by === undefined)).toHaveLength(4);
  expect(await own.right()).toBe('source');
});

test('nor is it for the account, however many sources take part', async () => {
  const own = guessing(tables);
  let looked = 0;
  for (let guess = 0; guess < 110; guess++) {
    if ((await guessBeside(own, `bot-${guess}`, `cover-${guess}`)) === undefined) looked += 1;
    own.advance(1000);
  }
  expect(looked).toBe(99);
  expect(await own.right({ source: 'new' })).toBe('account');
});

test('of guesses in hand at once that all succeed nothing stays', async () => {
  const { lockout, login, fail, wrong } = guessing(tables);
  const together = await Promise.all(
    Array.from({ length: 5 }, () => lockout.arrive({ login, source: '203.0.113.1', device: undefined })),
  );
  await Promise.all(together.map((attempt) => attempt.giveBack()));
  expect(await fail(4)).toEqual([]);
  expect(await wrong()).toBe('wrong');
  expect(await wrong()).toBe('source');
});
