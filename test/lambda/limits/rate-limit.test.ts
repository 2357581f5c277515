import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamodbRateLimit, rateLimitTable } from '../../../lambda/limits/index.ts';
import { startTables } from '../../support/tables.ts';

const tableName = 'limits';
let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables(rateLimitTable(tableName));
});
afterAll(() => tables.stop());

/** A limiter whose clock the test moves. */
function limiter(start = '2026-01-01T00:00:00Z') {
  let time = new Date(start).getTime();
  const limit = dynamodbRateLimit({ client: tables.client, tableName, now: () => new Date(time) });
  return { limit, advance: (seconds: number) => (time += seconds * 1000) };
}

describe('dynamodbRateLimit', () => {
  test('admits exactly max requests in a window, and says what is left and when to come back', async () => {
    const { limit, advance } = limiter();
    const rule = { window: 60, max: 3 };
    advance(20);
    await expect(limit.consume('a', rule)).resolves.toEqual({
      allowed: true,
      remaining: 2,
      reset: 40,
      retryAfter: null,
    });
    await expect(limit.consume('a', rule)).resolves.toMatchObject({ allowed: true, remaining: 1 });
    await expect(limit.consume('a', rule)).resolves.toMatchObject({ allowed: true, remaining: 0 });
    advance(15.5);
    await expect(limit.consume('a', rule)).resolves.toEqual({
      allowed: false,
      remaining: 0,
      reset: 25,
      retryAfter: 25,
    });
    advance(25);
    await expect(limit.consume('a', rule)).resolves.toMatchObject({ allowed: true, remaining: 2, reset: 60 });
  });

  test('counts each key for itself', async () => {
    const { limit } = limiter();
    const rule = { window: 60, max: 1 };
    await expect(limit.consume('b|/x', rule)).resolves.toMatchObject({ allowed: true });
    await expect(limit.consume('b|/y', rule)).resolves.toMatchObject({ allowed: true });
    await expect(limit.consume('b|/x', rule)).resolves.toMatchObject({ allowed: false });
  });

  test('never blocks steady traffic below the limit', async () => {
    const { limit, advance } = limiter();
    for (let request = 0; request < 60; request++) {
      await expect(limit.consume('steady', { window: 2, max: 3 })).resolves.toMatchObject({ allowed: true });
      advance(1.5);
    }
  });

  test('a limit of 0 admits nobody', async () => {
    await expect(limiter().limit.consume('c', { window: 60, max: 0 })).resolves.toMatchObject({ allowed: false });
  });

  test('keeps no key in clear, and lets counters expire', async () => {
    const { limit } = limiter('2030-01-01T00:00:00Z');
    await limit.consume('203.0.113.9|/secret-path', { window: 60, max: 5 });
    const { Items } = await tables.client.send(new ScanCommand({ TableName: tableName }));
    expect(JSON.stringify(Items)).not.toMatch(/203\.0\.113\.9|secret-path/);
    expect(Items?.map(({ ttl }) => ttl)).toContainEqual({ N: String(Date.parse('2030-01-01T00:01:00Z') / 1000) });
  });

  test('throws when the table cannot be reached, so that the caller can fail closed', async () => {
    const limit = dynamodbRateLimit({ client: tables.client, tableName: 'missing' });
    await expect(limit.consume('d', { window: 60, max: 1 })).rejects.toThrow();
  });
});
