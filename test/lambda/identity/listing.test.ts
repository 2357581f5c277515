import { type BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { equal, type Identity, newSession, newUser, startIdentity } from '../../support/identity.ts';
import { awsConfig } from '../../support/tables.ts';
import { countTrips } from '../../support/trips.ts';

/** What a listing costs. */
let identity: Identity;
let trips: ReturnType<typeof countTrips>;
let keysRead = 0;
let ids: string[];
const rows = 30;

beforeAll(async () => {
  identity = await startIdentity();
  const adapter = identity.adapter();
  const users = await Promise.all(
    Array.from({ length: rows }, () => adapter.create({ model: 'user', data: newUser() })),
  );
  ids = users.map(({ id }) => id).sort();
  trips = countTrips(identity.client);
  identity.client.middlewareStack.add(
    (next) => (args) => {
      keysRead += (args.input as BatchGetItemCommand['input']).RequestItems?.identity?.Keys?.length ?? 0;
      return next(args);
    },
    { step: 'initialize' },
  );
});
afterAll(() => identity.stop());

test('a count of all rows reads none of them', async () => {
  const { commands } = await trips.during(async () => {
    expect(await identity.adapter().count({ model: 'user' })).toBe(rows);
  });
  expect(new Set(commands)).toEqual(new Set(['QueryCommand']));
});

test('a count of all rows is bounded, as a listing is', async () => {
  const adapter = identity.adapter({ listingLimit: rows - 1 });
  await expect(adapter.count({ model: 'user' })).rejects.toMatchObject({ code: 'LISTING_LIMIT' });
});

test('a count within a transaction counts what it wrote, a count of what expires only what is alive', async () => {
  await identity.adapter().transaction(async (trx) => {
    const { id } = await trx.create({ model: 'user', data: newUser() });
    expect(await trx.count({ model: 'user' })).toBe(rows + 1);
    await trx.delete({ model: 'user', where: [equal('id', id)] });
  });
  const adapter = identity.adapter({ listing: 'all' });
  const session = (expiresAt: number) =>
    adapter.create({ model: 'session', data: newSession(ids[0]!, { expiresAt: new Date(expiresAt) }) });
  await session(Date.now() - 60_000);
  await session(Date.now() + 60_000);
  expect(await adapter.count({ model: 'session' })).toBe(1);
  expect(await adapter.findMany({ model: 'session', limit: 1 })).toHaveLength(1);
});

test('a page of all rows reads that page only, and the pages make up the whole', async () => {
  const adapter = identity.adapter();
  const found: string[] = [];
  for (let offset = 0; offset < rows; offset += 7) {
    keysRead = 0;
    const page = await adapter.findMany<{ id: string }>({ model: 'user', limit: 7, offset });
    expect(keysRead).toBe(page.length);
    found.push(...page.map(({ id }) => id));
  }
  expect(found.sort()).toEqual(ids);
});

describe('with an index that is far behind', () => {
  /** A client for which the index still answers the keys of many users that are gone, and which counts parallel batches. */
  function lateIndex(gone: number) {
    const client = new DynamoDBClient(awsConfig(identity.endpoint));
    const stale = Array.from({ length: gone }, (_, i) => ({ pk: { S: `user:gone${i}` }, sk: { S: 'user' } }));
    let running = 0;
    const seen = { most: 0 };
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const batch = commandName === 'BatchGetItemCommand';
          if (batch) seen.most = Math.max(seen.most, ++running);
          const answer = await next(args);
          if (batch) running--;
          const { Items = [] } = answer.output as { Items?: object[] };
          return 'IndexName' in args.input
            ? { ...answer, output: { ...answer.output, Items: [...stale, ...Items] } }
            : answer;
        },
      { step: 'initialize' },
    );
    return { client, seen };
  }

  test('a page is as long as it should be', async () => {
    const { client } = lateIndex(3);
    const page = await identity.adapter({ client }).findMany({ model: 'user', limit: 5 });
    client.destroy();
    expect(page).toHaveLength(5);
  });

  test('rows are read a few batches at a time', async () => {
    const { client, seen } = lateIndex(2_500);
    const adapter = identity.adapter({ client, listingLimit: 100_000 });
    const found = await adapter.findMany({ model: 'user', where: [{ field: 'name', value: 'Ada' }], limit: 1_000 });
    client.destroy();
    expect(found).toHaveLength(rows);
    expect(seen.most).toBeGreaterThan(1);
    expect(seen.most).toBeLessThanOrEqual(16);
  });
});
