import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { organization } from 'better-auth/plugins';
import {
  equal,
  type Identity,
  newAccount,
  newSession,
  newUser,
  newVerification,
  startIdentity,
} from '../../support/identity.ts';
import { awsConfig } from '../../support/tables.ts';
import { countTrips } from '../../support/trips.ts';
import { createUsers } from './people.ts';

let identity: Identity;
let trips: ReturnType<typeof countTrips>;
beforeAll(async () => {
  identity = await startIdentity();
  trips = countTrips(identity.client);
});
afterAll(() => identity.stop());

const clause = (field: string, operator: string, value: unknown, connector = 'AND') =>
  ({ field, operator, value, connector }) as { field: string; value: string; operator: 'eq'; connector: 'AND' };

describe('what no key answers', () => {
  test('is an error that names the model and the fields, before any request', async () => {
    const adapter = identity.adapter();
    const find = () => adapter.findMany({ model: 'session', where: [clause('ipAddress', 'eq', '192.0.2.1')] });
    const { total } = await trips.during(() =>
      expect(find()).rejects.toMatchObject({
        code: 'UNSUPPORTED_QUERY',
        message: expect.stringContaining("'session' by fields: ipAddress"),
      }),
    );
    expect(total).toBe(0);
  });

  test.each([
    ['ne', [clause('id', 'ne', 'x')]],
    ['null', [clause('userId', 'eq', null)]],
    ['in with null', [clause('userId', 'in', ['x', null])]],
    ['alternatives of which one has no key', [clause('id', 'eq', 'x', 'OR'), clause('ipAddress', 'eq', 'x', 'OR')]],
  ])('%s is not taken for a key', async (_name, where) => {
    await expect(identity.adapter().findMany({ model: 'session', where })).rejects.toMatchObject({
      code: 'UNSUPPORTED_QUERY',
    });
  });

  test('a listed model is listed, up to the bound', async () => {
    const adapter = identity.adapter({ listingLimit: 3 });
    for (let i = 0; i < 3; i++) await adapter.create({ model: 'user', data: newUser({ name: `Listed ${i}` }) });
    const where = [clause('name', 'starts_with', 'Listed')];
    const sorted = await adapter.findMany<{ name: string }>({
      model: 'user',
      where,
      sortBy: { field: 'name', direction: 'desc' },
      limit: 2,
      offset: 1,
    });
    expect(sorted.map(({ name }) => name)).toEqual(['Listed 1', 'Listed 0']);
    expect(await adapter.count({ model: 'user', where })).toBe(3);
    await adapter.create({ model: 'user', data: newUser() });
    await expect(adapter.count({ model: 'user', where })).rejects.toMatchObject({
      code: 'LISTING_LIMIT',
      message: expect.stringContaining('more than 3 rows'),
    });
  });

  test('a row that the index still knows but the table does not is not listed', async () => {
    const adapter = identity.adapter();
    await adapter.create({ model: 'user', data: newUser({ name: 'Lagging' }) });
    const gone = await adapter.create({ model: 'user', data: newUser({ name: 'Lagging' }) });
    await adapter.delete({ model: 'user', where: [equal('id', gone.id)] });
    const client = lateIndex(gone.id);
    const where = [clause('name', 'eq', 'Lagging')];
    const found = await identity.adapter({ client }).findMany({ model: 'user', where });
    client.destroy();
    expect(found).toHaveLength(1);
  });
});

/** A client for which the index still answers the keys of a user that is gone. */
function lateIndex(id: string): DynamoDBClient {
  const client = new DynamoDBClient(awsConfig(identity.endpoint));
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (!('IndexName' in args.input)) return answer;
      const stale = { pk: { S: `user:${id}` }, sk: { S: 'user' } };
      const { Items = [] } = answer.output as { Items?: object[] };
      return { ...answer, output: { ...answer.output, Items: [...Items, stale] } };
    },
    { step: 'initialize' },
  );
  return client;
}

describe('what keys answer', () => {
  test('several values, alternatives and references', async () => {
    const adapter = identity.adapter();
    const users = await Promise.all([1, 2, 3].map(() => adapter.create({ model: 'user', data: newUser() })));
    const sessions = await Promise.all(
      users.map(({ id }, i) =>
        adapter.create({ model: 'session', data: newSession(id, { token: i === 0 ? `${id}~r` : `any${i}` }) }),
      ),
    );
    const ids = users.map(({ id }) => id);
    const tokens = sessions.map(({ token }) => token);
    const sortBy = { field: 'token', direction: 'asc' } as const;
    const expected = [...sessions].sort((a, b) => (a.token < b.token ? -1 : 1));
    for (const where of [
      [clause('token', 'in', tokens)],
      [clause('userId', 'in', ids)],
      [
        clause(
          'id',
          'in',
          sessions.map(({ id }) => id),
        ),
      ],
      tokens.map((token) => clause('token', 'eq', token, 'OR')),
      [clause('userId', 'in', ids), clause('token', 'in', tokens)],
    ]) {
      expect(await adapter.findMany({ model: 'session', where, sortBy })).toEqual(expected);
    }
    expect(await adapter.findMany({ model: 'session', where: [clause('token', 'in', [])] })).toEqual([]);
    const joined = await adapter.findMany({
      model: 'session',
      where: [clause('token', 'in', tokens)],
      sortBy,
      join: { user: true },
    });
    expect(joined).toEqual(
      expected.map((session) => ({ ...session, user: users.find(({ id }) => id === session.userId) })),
    );
  });

  test('members by organization, by reference, in two rounds', async () => {
    const adapter = identity.adapter({}, { plugins: [organization()] });
    await createUsers(identity, 'u1', 'u2', 'u3');
    const member = (organizationId: string, userId: string) =>
      adapter.create({ model: 'member', data: { organizationId, userId, role: 'member', createdAt: new Date() } });
    const members = await Promise.all(['u1', 'u2', 'u3'].map((userId) => member('acme', userId)));
    await member('other', 'u1');
    const where = [clause('organizationId', 'eq', 'acme')];
    const { chain } = await trips.during(async () => {
      expect(await adapter.count({ model: 'member', where })).toBe(3);
    });
    expect(chain).toBe(2);
    await adapter.update({
      model: 'member',
      where: [equal('id', members[0]!.id)],
      update: { organizationId: 'other' },
    });
    expect(await adapter.count({ model: 'member', where })).toBe(2);
    await adapter.deleteMany({ model: 'member', where });
    expect((await identity.items()).filter(({ pk }) => String(pk).endsWith(':acme'))).toEqual([]);
    expect(await adapter.count({ model: 'member', where: [clause('organizationId', 'eq', 'other')] })).toBe(2);
  });

  test('many rows take many pages', async () => {
    const adapter = identity.adapter();
    const value = 'x'.repeat(150_000);
    for (let i = 0; i < 12; i++)
      await adapter.create({ model: 'verification', data: newVerification({ identifier: 'paged', value }) });
    const where = [clause('identifier', 'eq', 'paged')];
    const { commands } = await trips.during(async () => {
      expect(await adapter.count({ model: 'verification', where })).toBe(12);
    });
    expect(commands.length).toBeGreaterThan(1);
    expect(await adapter.deleteMany({ model: 'verification', where })).toBe(12);
  });

  test('the newest of several verifications', async () => {
    const adapter = identity.adapter();
    for (const value of ['1', '3', '2']) {
      const createdAt = new Date(Date.UTC(2026, 0, Number(value)));
      await adapter.create({
        model: 'verification',
        data: newVerification({ identifier: 'newest', value, createdAt }),
      });
    }
    const sortBy = { field: 'createdAt', direction: 'desc' } as const;
    const found = await adapter.findMany({
      model: 'verification',
      where: [clause('identifier', 'eq', 'newest')],
      sortBy,
      limit: 1,
    });
    expect(found).toMatchObject([{ value: '3' }]);
  });
});

describe('counters', () => {
  const options = { user: { additionalFields: { tries: { type: 'number', required: false } } } } as const;

  test('count from nothing, by signed deltas, only while the guard holds', async () => {
    const adapter = identity.adapter({}, options);
    const { id } = await adapter.create({ model: 'user', data: newUser({ tries: null }) });
    const increment = (delta: number, ...guard: ReturnType<typeof clause>[]) =>
      adapter.incrementOne<{ tries: number }>({
        model: 'user',
        where: [equal('id', id), ...guard],
        increment: { tries: delta },
        set: { name: 'counted' },
      });
    expect(await increment(2)).toMatchObject({ tries: 2, name: 'counted' });
    expect(await increment(-3)).toMatchObject({ tries: -1 });
    expect(await increment(1, clause('tries', 'gte', 0))).toBeNull();
    expect(await increment(1, clause('name', 'ends_with', 'ted'))).toMatchObject({ tries: 0 });
  });

  test('of 20 rivals exactly 5 pass a guard of 5', async () => {
    const adapter = identity.adapter({}, options);
    for (const where of ['id', 'email'] as const) {
      const user = await adapter.create({ model: 'user', data: newUser({ tries: 0 }) });
      const guarded = [equal(where, user[where] as string), clause('tries', 'lt', 5)];
      const results = await Promise.all(
        Array.from({ length: 20 }, () =>
          adapter.incrementOne<{ tries: number }>({ model: 'user', where: guarded, increment: { tries: 1 } }),
        ),
      );
      expect(results.flatMap((row) => (row ? [row.tries] : [])).sort()).toEqual([1, 2, 3, 4, 5]);
    }
  });

  test('inside a transaction', async () => {
    const adapter = identity.adapter({}, options);
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    const step = () =>
      adapter.transaction(async (trx) => {
        await trx.incrementOne({ model: 'user', where: [equal('id', id)], increment: { tries: 1 } });
        await trx.incrementOne({ model: 'user', where: [equal('id', id)], increment: { tries: 1 } });
      });
    await Promise.all([step(), step(), step()]);
    expect(await adapter.findOne({ model: 'user', where: [equal('id', id)] })).toMatchObject({ tries: 6 });
  });
});

describe('changes that move a row', () => {
  test('to another user: account and claims follow', async () => {
    const adapter = identity.adapter();
    await createUsers(identity, 'from', 'to');
    const account = await adapter.create({ model: 'account', data: newAccount('from', { accountId: 'moving' }) });
    await adapter.update({ model: 'account', where: [equal('id', account.id)], update: { userId: 'to' } });
    for (const where of [
      [equal('id', account.id)],
      [equal('userId', 'to')],
      [equal('providerId', 'github'), equal('accountId', 'moving')],
    ]) {
      expect(await adapter.findMany({ model: 'account', where })).toMatchObject([{ id: account.id, userId: 'to' }]);
    }
    expect(await adapter.findMany({ model: 'account', where: [equal('userId', 'from')] })).toEqual([]);
    await adapter.delete({ model: 'account', where: [equal('id', account.id)] });
    expect((await identity.items()).filter((item) => JSON.stringify(item).includes(account.id))).toEqual([]);
  });

  test('a new token for a session', async () => {
    const adapter = identity.adapter();
    await adapter.create({ model: 'session', data: newSession('rotating', { token: 'rotating~1' }) });
    await adapter.update({ model: 'session', where: [equal('token', 'rotating~1')], update: { token: 'rotating~2' } });
    expect(await adapter.findOne({ model: 'session', where: [equal('token', 'rotating~1')] })).toBeNull();
    expect(await adapter.findOne({ model: 'session', where: [equal('token', 'rotating~2')] })).toMatchObject({
      userId: 'rotating',
    });
    expect(await adapter.count({ model: 'session', where: [equal('userId', 'rotating')] })).toBe(1);
  });
});

test('fields and models that the application renamed, and fields that are named like keys', async () => {
  const adapter = identity.adapter(
    {},
    {
      user: {
        modelName: 'people',
        fields: { email: 'mail' },
        additionalFields: {
          pk: { type: 'string', required: false },
          owns: { type: 'string', required: false },
          rev: { type: 'string', required: false },
        },
      },
      session: { modelName: 'visits', fields: { userId: 'visitor', token: 'secret', expiresAt: 'until' } },
    },
  );
  const user = await adapter.create({ model: 'user', data: newUser({ pk: 'mine', owns: 'much', rev: 'own' }) });
  expect(await adapter.findOne({ model: 'people', where: [equal('email', user.email)] })).toEqual(user);
  expect(user).toMatchObject({ pk: 'mine', owns: 'much', rev: 'own' });
  const session = await adapter.create({ model: 'session', data: newSession(user.id) });
  expect(await adapter.findOne({ model: 'session', where: [equal('token', session.token)] })).toEqual(session);
  expect(await adapter.findMany({ model: 'session', where: [equal('userId', user.id)] })).toEqual([session]);
  await expect(adapter.create({ model: 'user', data: newUser({ email: user.email }) })).rejects.toMatchObject({
    code: 'DUPLICATE',
  });
});
