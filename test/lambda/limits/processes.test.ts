import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dynamodbRateLimit, rateLimitTable } from '../../../lambda/limits/index.ts';
import { startTables } from '../../support/tables.ts';
import type { Passed, Task } from './rival.ts';
import { type Rivals, startRivals } from './start-rivals.ts';

const tableName = 'limits';
const processes = 3;
const start = Date.parse('2026-01-01T00:00:00Z');
let tables: Awaited<ReturnType<typeof startTables>>;
let rivals: Rivals;
beforeAll(async () => {
  [tables, rivals] = await Promise.all([startTables(rateLimitTable(tableName)), startRivals(processes)]);
});
afterAll(() => Promise.all([tables.stop(), rivals.stop()]));

const race = (task: Omit<Task, 'endpoint' | 'tableName'>): Promise<Passed[]> =>
  rivals.race({ endpoint: tables.dynamodb.endpoint, tableName, ...task });

const totals = (passed: readonly Passed[]): number[] =>
  passed[0]!.map((_, at) => passed.reduce((sum, each) => sum + each[at]!, 0));

test('of 200 parallel requests 37 pass, round after round, and in some round they were of several processes', async () => {
  let contested = 0;
  // On a busy machine one process may be done before the next one runs; it is not always the same one's turn.
  for (let round = 0; round < 6 || (contested === 0 && round < 60); round++) {
    const task = { key: `a${round}`, window: 60, max: 37, tries: 67, times: [start], reserve: false };
    const passed = await race(task);
    expect(totals(passed)).toEqual([37]);
    if (passed.filter(([own]) => own! > 0).length > 1) contested += 1;
  }
  expect(contested).toBeGreaterThan(0);
});

test('at the edge of two windows each admits its own 37, and not one more', async () => {
  const times = [start + 59_999, start + 60_000];
  for (const reserve of [false, true]) {
    const passed = await race({ key: 'b', window: 60, max: 37, tries: 134, times, reserve });
    expect(totals(passed)).toEqual([37, 37]);
  }
});

test('of attempts that are given back on success no more than 37 stay, and every place given back is taken again', async () => {
  const givenBack = 5;
  const task = { key: 'c', window: 60, max: 37, tries: 80, giveBack: givenBack, times: [start], reserve: true };
  const [stayed = 0] = totals(await race(task));
  expect(stayed).toBeLessThanOrEqual(37);
  expect(stayed).toBeGreaterThanOrEqual(37 - processes * givenBack);
  // Give-backs may have come after the last attempt that they could have let through.
  const limit = dynamodbRateLimit({ client: tables.client, tableName, now: () => new Date(start) });
  const more = await Promise.all(Array.from({ length: 60 }, () => limit.reserve('c', task)));
  expect(stayed + more.filter(({ allowed }) => allowed).length).toBe(37);
});

test('a window whose attempts are all given back is whole again, and never more than whole', async () => {
  const task = { key: 'd', window: 60, max: 10, tries: 40, giveBack: 40, times: [start], reserve: true };
  expect(totals(await race(task))).toEqual([0]);
  expect(totals(await race({ ...task, giveBack: 0 }))).toEqual([10]);
});
