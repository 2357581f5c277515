import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rateLimitTable } from '../../../../lambda/limits/index.ts';
import { awsConfig, startTables } from '../../../support/tables.ts';
import { day, hour } from './clock.ts';
import { guessing } from './guesses.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables(rateLimitTable('limits'));
  // Thousands of requests: without this most of their time goes into putting the SDK's middleware together.
  const config = { ...awsConfig(tables.dynamodb.endpoint), maxAttempts: 1, cacheMiddleware: true };
  tables.client.destroy();
  tables = { ...tables, client: new DynamoDBClient(config) };
});
afterAll(async () => {
  tables.client.destroy();
  await tables.stop();
});

const minutes = (until: number, from: Date) => (until - from.getTime()) / 60_000;

describe('a source that guesses at an account', () => {
  test('is locked by the fifth failure for 15 minutes, to the millisecond, even with the right password', async () => {
    const { right, fail, advanceMinutes, advance, now } = guessing(tables);
    expect(await fail(4)).toEqual([]);
    expect(await right()).toBe('right');
    const [lock, ...others] = await fail(1);
    expect(others).toEqual([]);
    expect(lock).toMatchObject({ scope: 'source' });
    expect(minutes(lock!.until, now())).toBe(15);
    expect(await right()).toBe('source');
    advanceMinutes(15);
    advance(-1);
    expect(await right()).toBe('source');
    advance(1);
    expect(await right()).toBe('right');
  });

  test('has five tries again after the lock', async () => {
    const { fail, wrong, advanceMinutes } = guessing(tables);
    await fail(5);
    advanceMinutes(15);
    expect(await fail(4)).toEqual([]);
    expect(await fail(1)).toHaveLength(1);
    expect(await wrong()).toBe('source');
  });

  test('is locked by five failures within any 15 minutes, and by no fewer', async () => {
    const { fail, right, advanceMinutes, advance } = guessing(tables);
    await fail(1);
    advanceMinutes(10);
    await fail(3);
    advanceMinutes(5);
    // The first one is 15 minutes old.
    expect(await fail(1)).toEqual([]);
    expect(await right()).toBe('right');
    advanceMinutes(5);
    advance(-1);
    // Three from before, one from then, and this.
    expect(await fail(1)).toHaveLength(1);
  });

  test('is locked twice as long each time, up to 24 hours', async () => {
    const { fail, now, advance } = guessing(tables);
    const held: number[] = [];
    for (let time = 0; time < 9; time++) {
      const [lock] = await fail(5);
      held.push(minutes(lock!.until, now()));
      // A failure soon after each lock keeps the doubling going.
      advance(lock!.until - now().getTime());
    }
    expect(held.slice(0, 8)).toEqual([15, 30, 60, 120, 240, 480, 960, 1440]);
  });

  test('starts again at 15 minutes after 24 hours without a failure, and not a moment before', async () => {
    const early = guessing(tables);
    await early.fail(5);
    early.advance(day - 1000);
    expect(minutes((await early.fail(5))[0]!.until, early.now())).toBe(30);
    const late = guessing(tables);
    await late.fail(5);
    late.advance(day);
    expect(minutes((await late.fail(5))[0]!.until, late.now())).toBe(15);
  });

  test('a success is no failure: the 24 hours run on', async () => {
    const { fail, right, advance, now } = guessing(tables);
    await fail(5);
    advance(23 * hour);
    expect(await right()).toBe('right');
    advance(hour);
    expect(minutes((await fail(5))[0]!.until, now())).toBe(15);
  });

  test('a failure during the 24 hours lets them start again', async () => {
    const { fail, advance, now } = guessing(tables);
    await fail(5);
    advance(23 * hour);
    await fail(1);
    advance(23 * hour);
    expect(minutes((await fail(5))[0]!.until, now())).toBe(30);
  });

  test('locks nobody else', async () => {
    const { fail, right, wrong } = guessing(tables);
    await fail(5);
    expect(await wrong()).toBe('source');
    expect(await right({ source: '203.0.113.2' })).toBe('right');
    expect(await right({ device: 'device-a' })).toBe('right');
    const other = guessing(tables);
    expect(await other.right()).toBe('right');
  });

  test('uses up no more than its five tries of the account’s hundred, however often it comes', async () => {
    const { fail, wrong, right } = guessing(tables);
    await fail(5);
    for (let time = 0; time < 120; time++) expect(await wrong()).toBe('source');
    expect(await right({ source: '203.0.113.2' })).toBe('right');
  });
});

describe('a botnet that guesses at an account', () => {
  test('is stopped by the hundredth failure for 24 hours, wherever it comes from; known devices are not', async () => {
    const { fail, right, wrong, now, advance } = guessing(tables);
    const locks = [];
    for (let source = 0; source < 25; source++) locks.push(...(await fail(4, { source: `bot-${source}` })));
    expect(locks).toMatchObject([{ scope: 'account' }]);
    expect(minutes(locks[0]!.until, now())).toBe(24 * 60);
    expect(await right({ source: 'new' })).toBe('account');
    expect(await right({ device: 'device-a' })).toBe('right');
    expect(await wrong({ device: 'device-a' })).toBe('wrong');
    advance(day - 1);
    expect(await right({ source: 'new' })).toBe('account');
    advance(1);
    expect(await right({ source: 'new' })).toBe('right');
  });

  test('counts the failures of any 24 hours', async () => {
    const { fail, advance } = guessing(tables);
    const failFrom = async (from: number, to: number) => {
      const locks = [];
      for (let source = from; source < to; source++) locks.push(...(await fail(4, { source: `bot-${source}` })));
      return locks;
    };
    await failFrom(0, 5);
    advance(12 * hour);
    await failFrom(5, 24);
    advance(12 * hour);
    // The first 20 are a day old: 76 count.
    expect(await failFrom(24, 29)).toEqual([]);
    expect(await failFrom(29, 30)).toMatchObject([{ scope: 'account' }]);
  });
});

test('a botnet of 5,000 addresses that has the password as its 101st guess does not get in; the owner’s device does', async () => {
  const { lockout, login, right } = guessing(tables);
  let looked = 0;
  async function guess(bot: number): Promise<void> {
    const attempt = await lockout.arrive({ login, source: `bot-${bot}`, device: undefined });
    if (attempt.refusedBy) return;
    looked += 1;
    if (looked > 100) return attempt.giveBack();
    await attempt.fail();
  }
  for (let bot = 0; bot < 5000; bot += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, i) => guess(bot + i)));
  }
  expect(looked).toBe(100);
  expect(await right({ source: 'the owner on a new device' })).toBe('account');
  expect(await right({ device: 'the owner’s own' })).toBe('right');
}, 300_000);

describe('a known device', () => {
  test('has five tries of its own, which lock that device only', async () => {
    const { fail, right, now } = guessing(tables);
    const [lock] = await fail(5, { device: 'device-a' });
    expect(lock).toMatchObject({ scope: 'device' });
    expect(minutes(lock!.until, now())).toBe(15);
    expect(await right({ device: 'device-a' })).toBe('device');
    expect(await right({ device: 'device-b' })).toBe('right');
    expect(await right()).toBe('right');
  });
});

describe('unlocking', () => {
  test('by an administrator lifts the locks of the account, its sources and its devices, and starts anew', async () => {
    const { lockout, login, fail, right, advance, now } = guessing(tables);
    for (let source = 0; source < 20; source++) await fail(5, { source: `bot-${source}` });
    await fail(5, { device: 'device-a' });
    expect(await right({ source: 'new' })).toBe('account');
    advance(1000);
    await lockout.unlock([login]);
    expect(await right({ source: 'new' })).toBe('right');
    expect(await right({ source: 'bot-3' })).toBe('right');
    expect(await right({ device: 'device-a' })).toBe('right');
    advance(1000);
    // Five tries again, and the shortest lock.
    const [lock, ...others] = await fail(5, { source: 'bot-3' });
    expect(others).toEqual([]);
    expect(minutes(lock!.until, now())).toBe(15);
    expect(await right({ source: 'bot-3' })).toBe('source');
  });

  test('by a link lifts one lock, once, while it stands', async () => {
    const { lockout, fail, right, advanceMinutes, now } = guessing(tables);
    const [lock] = await fail(5);
    expect(await lockout.lift({ ...lock!, lockId: 'another' })).toBe(false);
    expect(await lockout.lift(lock!)).toBe(true);
    expect(await lockout.lift(lock!)).toBe(false);
    expect(await right()).toBe('right');
    const [next] = await fail(5);
    // The doubling goes on.
    expect(minutes(next!.until, now())).toBe(30);
    advanceMinutes(30);
    expect(await lockout.lift(next!)).toBe(false);
  });

  test('of two parallel uses of a link one counts', async () => {
    const { lockout, fail } = guessing(tables);
    const [lock] = await fail(5);
    const lifted = await Promise.all(Array.from({ length: 8 }, () => lockout.lift(lock!)));
    expect(lifted.filter(Boolean)).toHaveLength(1);
  });
});

describe('rows', () => {
  test('name no account and no source, and all of them expire', async () => {
    const { fail, login } = guessing(tables);
    await fail(5);
    await fail(1, { device: 'device-of-the-row-test' });
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: 'limits' }));
    expect(Items.length).toBeGreaterThanOrEqual(3);
    const text = JSON.stringify(Items);
    for (const secret of [login, login.split(':')[1]!, '203.0.113', 'device-of-the-row-test']) {
      expect(text).not.toContain(secret);
    }
    for (const { ttl } of Items) expect(Number(ttl?.N)).toBeGreaterThan(Date.parse('2026-01-01') / 1000);
  });

  test('of a success are as before it', async () => {
    const { right, fail, advanceMinutes } = guessing(tables);
    const rows = async () => {
      const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: 'limits' }));
      return Items.map((item) => JSON.stringify(Object.entries(item).sort())).sort();
    };
    await fail(2);
    const before = await rows();
    advanceMinutes(1);
    expect(await right()).toBe('right');
    expect(await rows()).toEqual(before);
  });
});
