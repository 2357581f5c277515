import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamodbRateLimit, rateLimitTable } from '../../../lambda/limits/index.ts';
import { startTables } from '../../support/tables.ts';
import { countTrips } from '../../support/trips.ts';

const tableName = 'limits';
let tables: Awaited<ReturnType<typeof startTables>>;
let trips: ReturnType<typeof countTrips>;
beforeAll(async () => {
  tables = await startTables(rateLimitTable(tableName));
  trips = countTrips(tables.client);
});
afterAll(() => tables.stop());

const start = Date.parse('2026-01-01T00:00:00Z');

/** A limiter whose clock the test moves; each has what only it remembers. */
function limiter(client = tables.client) {
  let time = start;
  const limit = dynamodbRateLimit({ client, tableName, now: () => new Date(time) });
  return { limit, advance: (seconds: number) => (time += seconds * 1000) };
}

describe('reserve', () => {
  test('counts on arrival, and gives back what turned out well', async () => {
    const { limit, advance } = limiter();
    const rule = { window: 60, max: 2 };
    const first = await limit.reserve('a', rule);
    expect(first).toMatchObject({ allowed: true, remaining: 1, reset: 60, retryAfter: null });
    await limit.reserve('a', rule);
    await expect(limit.reserve('a', rule)).resolves.toMatchObject({ allowed: false, retryAfter: 60 });
    await first.giveBack();
    await expect(limit.reserve('a', rule)).resolves.toMatchObject({ allowed: true, remaining: 0 });
    advance(60);
    await expect(limit.reserve('a', rule)).resolves.toMatchObject({ allowed: true, remaining: 1 });
  });

  test('gives back once, however often it is called', async () => {
    const { limit } = limiter();
    const rule = { window: 60, max: 3 };
    const [one] = [await limit.reserve('b', rule), await limit.reserve('b', rule), await limit.reserve('b', rule)];
    await Promise.all([one.giveBack(), one.giveBack(), one.giveBack()]);
    await expect(limit.reserve('b', rule)).resolves.toMatchObject({ allowed: true, remaining: 0 });
    await expect(limit.reserve('b', rule)).resolves.toMatchObject({ allowed: false });
  });

  test('a give-back after the window has no effect on the next one', async () => {
    const { limit, advance } = limiter();
    const rule = { window: 60, max: 1 };
    const late = await limit.reserve('c', rule);
    advance(60);
    await limit.reserve('c', rule);
    expect((await trips.during(() => late.giveBack())).total).toBe(0);
    await expect(limit.reserve('c', rule)).resolves.toMatchObject({ allowed: false });
  });

  test('what was denied has nothing to give back', async () => {
    const { limit } = limiter();
    const rule = { window: 60, max: 1 };
    await limit.reserve('d', rule);
    const denied = await limit.reserve('d', rule);
    await denied.giveBack();
    await expect(limiter().limit.reserve('d', rule)).resolves.toMatchObject({ allowed: false });
  });

  test('a request that the SDK repeats, because its answer was lost, neither counts nor gives back twice', async () => {
    const { client, stop } = await startTables(rateLimitTable('repeated'));
    // What left is answered, but the answer does not arrive at the first time.
    const lost = new WeakSet<object>();
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const result = await next(args);
          const request = (args as { input: object }).input;
          if (commandName !== 'UpdateItemCommand' || lost.has(request)) return result;
          lost.add(request);
          throw Object.assign(new Error('the connection was reset'), { name: 'TimeoutError', $retryable: {} });
        },
      { step: 'finalizeRequest', priority: 'low', name: 'loseAnswers' },
    );
    const limit = dynamodbRateLimit({ client, tableName: 'repeated', now: () => new Date(start) });
    const rule = { window: 60, max: 3 };
    const reserved = [await limit.reserve('e', rule), await limit.reserve('e', rule), await limit.reserve('e', rule)];
    expect(reserved.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
    ]);
    await reserved[0]!.giveBack();
    await expect(limit.reserve('e', rule)).resolves.toMatchObject({ allowed: true, remaining: 0 });
    await stop();
  });

  test('a give-back that the table does not take rejects, and the attempt stays counted', async () => {
    const { limit } = limiter();
    let down = false;
    const { client, stop } = await startTables(rateLimitTable('down'));
    client.middlewareStack.add((next) => (args) => (down ? Promise.reject(new Error('injected')) : next(args)), {
      step: 'initialize',
    });
    const faulty = dynamodbRateLimit({ client, tableName: 'down', now: () => new Date(start) });
    const reservation = await faulty.reserve('f', { window: 60, max: 1 });
    down = true;
    await expect(reservation.giveBack()).rejects.toThrow('injected');
    down = false;
    await expect(faulty.reserve('f', { window: 60, max: 1 })).resolves.toMatchObject({ allowed: false });
    await expect(limit.reserve('f', { window: 60, max: 1 })).resolves.toMatchObject({ allowed: true });
    await stop();
  });
});

describe('a key that is hammered', () => {
  const hammer = (limit: () => Promise<{ allowed: boolean }>) =>
    trips.during(async () => {
      for (let request = 0; request < 500; request++) expect((await limit()).allowed).toBe(false);
    });

  test('costs one request to the table once its window is exhausted, since the denial is final', async () => {
    const { limit, advance } = limiter();
    const rule = { window: 60, max: 2 };
    await limit.consume('hot', rule);
    await limit.consume('hot', rule);
    expect((await hammer(() => limit.consume('hot', rule))).total).toBe(1);
    advance(59);
    expect((await hammer(() => limit.consume('hot', rule))).total).toBe(0);
    await expect(limit.consume('hot', { window: 60, max: 3 })).resolves.toMatchObject({ allowed: true });
    await expect(limit.consume('cold', rule)).resolves.toMatchObject({ allowed: true });
    advance(1);
    await expect(limit.consume('hot', rule)).resolves.toMatchObject({ allowed: true });
  });

  test('costs one a second where a give-back of another instance may make room', async () => {
    const { limit, advance } = limiter();
    const other = limiter().limit;
    const rule = { window: 60, max: 1 };
    const reservation = await other.reserve('hot-2', rule);
    expect((await hammer(() => limit.reserve('hot-2', rule))).total).toBe(1);
    await reservation.giveBack();
    expect((await hammer(() => limit.reserve('hot-2', rule))).total).toBe(0);
    advance(1);
    await expect(limit.reserve('hot-2', rule)).resolves.toMatchObject({ allowed: true });
  });
});
