import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { IdentityStoreError } from '../../../lambda/identity/index.ts';
import {
  equal,
  type Identity,
  newAccount,
  newSession,
  newUser,
  newVerification,
  startIdentity,
} from '../../support/identity.ts';
import { findingsIn } from './check.ts';
import { createUsers } from './people.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
  await createUsers(identity, ...Array.from({ length: 8 }, (_, i) => `user${i}`), 'consumed', 'counted');
});
afterAll(async () => {
  expect(await findingsIn(identity)).toEqual([]);
  await identity.stop();
});

const rounds = 12;
const times = <T>(count: number, work: (i: number) => Promise<T>) =>
  Promise.allSettled(Array.from({ length: count }, (_, i) => work(i)));
const succeeded = <T>(results: PromiseSettledResult<T>[]) =>
  results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
const codes = (results: PromiseSettledResult<unknown>[]) =>
  results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as IdentityStoreError).code] : []));
async function rowsOf(pk: string) {
  const values = { ':pk': { S: pk } };
  const query = { TableName: 'identity', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: values };
  const { Items = [] } = await identity.client.send(new QueryCommand({ ...query, ConsistentRead: true }));
  return Items.map((item) => unmarshall(item));
}

test('of many users with one e-mail one is created', async () => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const email = `race-${round}@example.com`;
    const results = await times(12, () => adapter.create({ model: 'user', data: newUser({ email }) }));
    expect(succeeded(results)).toHaveLength(1);
    expect(codes(results)).toEqual(Array(11).fill('DUPLICATE'));
  }
});

test('of many sign-ups with one e-mail one succeeds and the others are told that the user exists', async () => {
  const auth = identity.auth();
  const email = 'sign-up-race@example.com';
  const body = { name: 'Ada', email, password: 'correct horse battery staple' };
  const results = await times(12, () => auth.api.signUpEmail({ body }));
  expect(succeeded(results)).toHaveLength(1);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.status] : []));
  expect(errors).toEqual(Array(11).fill('UNPROCESSABLE_ENTITY'));
  const users = await identity
    .adapter()
    .findMany({ model: 'user', where: [equal('email', email)], join: { account: true } });
  expect(users).toHaveLength(1);
  expect(users[0]).toMatchObject({ account: [{ providerId: 'credential' }] });
});

test('of many accounts with one provider id one is created', async () => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const accountId = `github-${round}`;
    const results = await times(8, (i) =>
      adapter.create({ model: 'account', data: newAccount(`user${i}`, { accountId }) }),
    );
    expect(succeeded(results)).toHaveLength(1);
    expect(codes(results)).toEqual(Array(7).fill('DUPLICATE'));
  }
});

test.each([
  ['by id', 'id'],
  ['by identifier', 'identifier'],
] as const)('a one-time value is consumed once, %s', async (_name, field) => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const created = await adapter.create({ model: 'verification', data: newVerification() });
    const where = [equal(field, (created as Record<string, string>)[field]!)];
    const results = succeeded(
      await times(10, () => adapter.consumeOne<{ id: string }>({ model: 'verification', where })),
    );
    expect(results.filter((row) => row !== null).map(({ id }) => id)).toEqual([created.id]);
    expect(results).toHaveLength(10);
  }
});

test('a one-time value is consumed once inside transactions', async () => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const { identifier } = await adapter.create({ model: 'verification', data: newVerification() });
    const consume = () =>
      adapter.transaction((trx) => trx.consumeOne({ model: 'verification', where: [equal('identifier', identifier)] }));
    const results = succeeded(await times(6, consume));
    expect(results.filter((row) => row !== null)).toHaveLength(1);
    expect(results).toHaveLength(6);
  }
});

test('a row with claims is consumed once, and its claims go with it', async () => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const { id } = await adapter.create({ model: 'account', data: newAccount('consumed', { accountId: 'consumed' }) });
    const results = succeeded(await times(6, () => adapter.consumeOne({ model: 'account', where: [equal('id', id)] })));
    expect(results.filter((row) => row !== null)).toHaveLength(1);
    expect(results).toHaveLength(6);
  }
});

test('a guarded counter lets exactly as many through as its guard allows', async () => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    const where = [equal('id', id), { field: 'name', operator: 'ne' as const, value: 'locked' }];
    const results = await times(20, (i) =>
      adapter.incrementOne({ model: 'user', where, increment: {}, set: { name: i === 0 ? 'locked' : `free${i}` } }),
    );
    const passed = succeeded(results).filter((row) => row !== null) as { name: string }[];
    const locked = passed.findIndex(({ name }) => name === 'locked');
    expect(locked).toBeGreaterThanOrEqual(0);
    expect(await adapter.findOne({ model: 'user', where: [equal('id', id)] })).toMatchObject({ name: 'locked' });
  }
});

test('two users who swap e-mails never share one', async () => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const emails = [`a-${round}@example.com`, `b-${round}@example.com`] as const;
    const users = await Promise.all(emails.map((email) => adapter.create({ model: 'user', data: newUser({ email }) })));
    const take = (i: number) =>
      adapter.update({ model: 'user', where: [equal('id', users[i]!.id)], update: { email: emails[1 - i]! } });
    await times(2, take);
    const found = await Promise.all(
      emails.map((email) => adapter.findMany({ model: 'user', where: [equal('email', email)] })),
    );
    const now = await Promise.all(
      users.map(({ id }) => adapter.findOne<{ email: string }>({ model: 'user', where: [equal('id', id)] })),
    );
    expect(new Set(now.map((user) => user?.email)).size).toBe(2);
    expect(found.flat()).toHaveLength(2);
  }
});

test('two users who take one free e-mail: one gets it', async () => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const users = await Promise.all([0, 1].map(() => adapter.create({ model: 'user', data: newUser() })));
    const email = `free-${round}@example.com`;
    const results = await times(2, (i) =>
      adapter.update({ model: 'user', where: [equal('id', users[i]!.id)], update: { email } }),
    );
    expect(succeeded(results)).toHaveLength(1);
    expect(codes(results)).toEqual(['DUPLICATE']);
  }
});

test('an e-mail that was given up can be taken again', async () => {
  const adapter = identity.adapter();
  const first = await adapter.create({ model: 'user', data: newUser({ email: 'given-up@example.com' }) });
  await adapter.update({ model: 'user', where: [equal('id', first.id)], update: { email: 'moved-on@example.com' } });
  const second = await adapter.create({ model: 'user', data: newUser({ email: 'given-up@example.com' }) });
  await adapter.delete({ model: 'user', where: [equal('id', second.id)] });
  const third = await adapter.create({ model: 'user', data: newUser({ email: 'given-up@example.com' }) });
  expect(await adapter.findOne({ model: 'user', where: [equal('email', 'given-up@example.com')] })).toMatchObject({
    id: third.id,
  });
});

test.each(['hinted', 'plain'])('an update never brings back a session that a rival deleted (%s)', async (kind) => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const userId = `signed-out-${kind}-${round}`;
    const token = kind === 'plain' ? `plain${round}` : `${userId}~secret`;
    await createUsers(identity, userId);
    await adapter.create({ model: 'session', data: newSession(userId, { token }) });
    const where = [equal('token', token)];
    await Promise.all([
      adapter.update({
        model: 'session',
        where,
        update: { expiresAt: new Date(Date.now() + 9e6), updatedAt: new Date() },
      }),
      adapter.update({ model: 'session', where, update: { ipAddress: '192.0.2.1' } }),
      adapter.delete({ model: 'session', where }),
      adapter.updateMany({ model: 'session', where: [equal('userId', userId)], update: { userAgent: 'late' } }),
    ]);
    expect(await rowsOf(`user:${userId}`)).toMatchObject([{ sk: 'user' }]);
    expect(await adapter.findOne({ model: 'session', where })).toBeNull();
  }
});

test('rivals who delete many rows count each row once', async () => {
  const adapter = identity.adapter();
  await times(40, () => adapter.create({ model: 'session', data: newSession('counted') }));
  const counts = succeeded(
    await times(4, () => adapter.deleteMany({ model: 'session', where: [equal('userId', 'counted')] })),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(40);
});

test('accounts that are linked while their user is deleted are never left behind', async () => {
  const adapter = identity.adapter();
  for (let round = 0; round < rounds; round++) {
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    const link = (i: number) => adapter.create({ model: 'account', data: newAccount(id, { accountId: `late-${i}` }) });
    // As Better Auth does it: the accounts first, then the user.
    const leave = async () => {
      await adapter.deleteMany({ model: 'account', where: [equal('userId', id)] });
      await adapter.delete({ model: 'user', where: [equal('id', id)] });
    };
    const results = await times<unknown>(6, (i) => (i === 3 ? leave() : link(i)));
    expect(codes(results).filter((code) => code !== 'PARENT_MISSING')).toEqual([]);
    expect(await rowsOf(`user:${id}`)).toEqual([]);
  }
});
