import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { equal, type Identity, newSession, newUser, newVerification, startIdentity } from '../../support/identity.ts';
import { createUsers } from './people.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
  await createUsers(identity, 'reused-user', 'extender', 'ttl-user', 'thief');
});
afterAll(() => identity.stop());

const start = Date.parse('2030-01-01T00:00:00.500Z');
const minute = 60_000;

/** An adapter whose clock the test moves. */
function clocked() {
  let time = start;
  const adapter = identity.adapter({ now: () => new Date(time), listing: 'all' });
  return {
    adapter,
    pass: (milliseconds: number) => (time += milliseconds),
    in: (milliseconds: number) => new Date(time + milliseconds),
  };
}

describe('an expired session', () => {
  test.each(['hinted', 'plain'])('is absent for every operation (%s token)', async (kind) => {
    const clock = clocked();
    const user = await clock.adapter.create({ model: 'user', data: newUser() });
    const token = kind === 'hinted' ? `${user.id}~random` : 'plain-token';
    const session = await clock.adapter.create({
      model: 'session',
      data: newSession(user.id, { token, userAgent: kind, expiresAt: clock.in(minute) }),
    });
    const byToken = { model: 'session', where: [equal('token', token)] };
    const ways = [equal('token', token), equal('id', session.id), equal('userId', user.id), equal('userAgent', kind)];
    for (const way of ways) expect(await clock.adapter.findMany({ model: 'session', where: [way] })).toEqual([session]);

    clock.pass(2 * minute);
    for (const way of ways) expect(await clock.adapter.findMany({ model: 'session', where: [way] })).toEqual([]);
    expect(await clock.adapter.findOne({ ...byToken, join: { user: true } })).toBeNull();
    expect(await clock.adapter.update({ ...byToken, update: { expiresAt: clock.in(minute) } })).toBeNull();
    expect(await clock.adapter.updateMany({ ...byToken, update: { userAgent: 'x' } })).toBe(0);
    expect(await clock.adapter.incrementOne({ ...byToken, increment: {}, set: { userAgent: 'x' } })).toBeNull();
    expect(await clock.adapter.consumeOne(byToken)).toBeNull();
    expect(await clock.adapter.deleteMany(byToken)).toBe(0);
    expect(await clock.adapter.count({ model: 'session', where: [equal('userAgent', kind)] })).toBe(0);
  });

  test.each(['hinted', 'plain'])('leaves its token to the next one (%s token)', async (kind) => {
    const clock = clocked();
    const token = kind === 'hinted' ? 'reused-user~random' : 'reused-token';
    const create = (userId: string) =>
      clock.adapter.create({ model: 'session', data: newSession(userId, { token, expiresAt: clock.in(minute) }) });
    await create('reused-user');
    await expect(create('reused-user')).rejects.toMatchObject({ code: 'DUPLICATE' });
    clock.pass(2 * minute);
    const second = await create('reused-user');
    expect(await clock.adapter.findMany({ model: 'session', where: [equal('token', token)] })).toEqual([second]);
  });
});

test.each([
  ['by its token', equal('token', 'extended')],
  ['by a field that DynamoDB cannot check', { field: 'userAgent', operator: 'ends_with', value: 'browser' }],
] as const)('a session that was extended lives on, and so does the claim on its token (%s)', async (_name, way) => {
  const clock = clocked();
  const token = 'extended';
  const { userId } = await clock.adapter.create({
    model: 'session',
    data: newSession('extender', { token, userAgent: 'a browser', expiresAt: clock.in(minute) }),
  });
  const where = [equal('userId', userId), way];
  expect(
    await clock.adapter.update({ model: 'session', where, update: { expiresAt: clock.in(10 * minute) } }),
  ).not.toBeNull();
  clock.pass(5 * minute);
  expect(await clock.adapter.findOne({ model: 'session', where: [equal('token', token)] })).toMatchObject({ userId });
  const thief = clock.adapter.create({ model: 'session', data: newSession('thief', { token }) });
  await expect(thief).rejects.toMatchObject({ code: 'DUPLICATE' });
  expect(await clock.adapter.deleteMany({ model: 'session', where })).toBe(1);
});

test('whoever is seconds too late still finds the row, for Better Auth to say that it expired', async () => {
  const clock = clocked();
  const { id } = await clock.adapter.create({
    model: 'verification',
    data: newVerification({ expiresAt: clock.in(minute) }),
  });
  clock.pass(minute + 5_000);
  expect(await clock.adapter.findOne({ model: 'verification', where: [equal('id', id)] })).not.toBeNull();
});

test('time to live is a number of epoch seconds, on the row and on its claims', async () => {
  const clock = clocked();
  await clock.adapter.create({
    model: 'session',
    data: newSession('ttl-user', { token: 'ttl-token', expiresAt: clock.in(minute) }),
  });
  const items = (await identity.items()).filter(
    ({ token, ownerSk }) => token === 'ttl-token' || ownerSk === 'session#ttl-token',
  );
  expect(items.map(({ ttl }) => ttl)).toEqual([start / 1000 + 60.5, start / 1000 + 60.5]);
});

test('a sweep of expired rows is left to DynamoDB where nothing is listed', async () => {
  const adapter = identity.adapter();
  const where = [{ field: 'expiresAt', operator: 'lt' as const, value: new Date() }];
  expect(await adapter.deleteMany({ model: 'verification', where })).toBe(0);
  await expect(
    adapter.findMany({ model: 'verification', where: [{ ...where[0]!, operator: 'gt' }] }),
  ).rejects.toMatchObject({ code: 'UNSUPPORTED_QUERY' });
});
