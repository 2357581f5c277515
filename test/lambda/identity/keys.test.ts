import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodePart } from '../../../lambda/identity/keys.ts';
import {
  equal,
  type Identity,
  newAccount,
  newSession,
  newUser,
  newVerification,
  startIdentity,
} from '../../support/identity.ts';
import { createUsers } from './people.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
  await createUsers(
    identity,
    'shifter',
    'attacker-user',
    'third-user',
    'owner',
    'stranger',
    'minted-for',
    'somebody-else',
  );
});
afterAll(() => identity.stop());

describe('parts of keys', () => {
  test('short plain values stay readable', () => {
    expect(encodePart('aZ09_-')).toBe('aZ09_-');
  });

  test.each(['', 'a:b', 'a#b', 'a|b', 'a.b', 'a~b', '~a', 'é', 'a'.repeat(65), 'a'.repeat(100_000), '\u0000'])(
    'what could forge another key is hashed (%#)',
    (value) => {
      expect(encodePart(value)).toMatch(/^~[A-Za-z0-9_-]{43}$/);
    },
  );
});

/** Values that would reach another row's key if they were joined to keys as they are. */
const forgeries = (victim: string) => [
  `${victim}#session`,
  `${victim}|user`,
  `user:${victim}`,
  `claim:user.email:${victim}`,
  `../${victim}`,
  `${victim}\u0000`,
];

test('an identifier from a client reaches nothing but its own verification', async () => {
  const adapter = identity.adapter();
  const victim = await adapter.create({ model: 'verification', data: newVerification({ identifier: 'victim' }) });
  for (const identifier of [...forgeries('victim'), 'v'.repeat(5_000)]) {
    expect(await adapter.findMany({ model: 'verification', where: [equal('identifier', identifier)] })).toEqual([]);
    const created = await adapter.create({ model: 'verification', data: newVerification({ identifier }) });
    expect(await adapter.findMany({ model: 'verification', where: [equal('identifier', identifier)] })).toEqual([
      created,
    ]);
    expect(await adapter.deleteMany({ model: 'verification', where: [equal('identifier', identifier)] })).toBe(1);
  }
  expect(await adapter.findOne({ model: 'verification', where: [equal('id', victim.id)] })).toEqual(victim);
});

test('the parts of a composite claim cannot be shifted into one another', async () => {
  const adapter = identity.adapter();
  const pairs = [
    ['a', 'b.c'],
    ['a.b', 'c'],
    ['a', 'b'],
    ['a:b', ''],
    ['', 'a:b'],
  ];
  for (const [providerId, accountId] of pairs) {
    await adapter.create({ model: 'account', data: newAccount('shifter', { providerId, accountId }) });
  }
  for (const [providerId, accountId] of pairs) {
    const where = [equal('providerId', providerId!), equal('accountId', accountId!)];
    expect(await adapter.findMany({ model: 'account', where })).toMatchObject([{ providerId, accountId }]);
  }
});

test('a token that names another user finds its own session only', async () => {
  const adapter = identity.adapter();
  const token = 'victim-user~random';
  const session = await adapter.create({ model: 'session', data: newSession('attacker-user', { token }) });
  expect(await adapter.findOne({ model: 'session', where: [equal('token', token)] })).toEqual(session);
  expect(await adapter.findMany({ model: 'session', where: [equal('userId', 'victim-user')] })).toEqual([]);
  expect(await adapter.findOne({ model: 'session', where: [equal('token', 'attacker-user~random')] })).toBeNull();
  await expect(adapter.create({ model: 'session', data: newSession('third-user', { token }) })).rejects.toMatchObject({
    code: 'DUPLICATE',
  });
});

test('a token that finds a session where it says cannot be taken elsewhere', async () => {
  const adapter = identity.adapter();
  const attacker = await adapter.create({ model: 'user', data: newUser() });
  const token = 'victim-user~taken';
  const session = await adapter.create({ model: 'session', data: newSession('victim-user', { token }) });
  const own = await adapter.create({ model: 'session', data: newSession(attacker.id) });
  const creating = adapter.create({ model: 'session', data: newSession(attacker.id, { token }) });
  await expect(creating).rejects.toMatchObject({ code: 'DUPLICATE', message: "another 'session' has the same token" });
  const updating = adapter.update({ model: 'session', where: [equal('token', own.token)], update: { token } });
  await expect(updating).rejects.toMatchObject({ code: 'DUPLICATE' });
  expect(await adapter.findMany({ model: 'session', where: [equal('token', token)] })).toEqual([session]);
});

describe('ids', () => {
  test('minted ids say where their row is', async () => {
    const adapter = identity.adapter();
    const user = await adapter.create({ model: 'user', data: newUser() });
    const account = await adapter.create({ model: 'account', data: newAccount(user.id) });
    expect(user.id).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(account.id).toMatch(new RegExp(`^${user.id}~[A-Za-z0-9]{24}$`));
    expect(await adapter.findOne({ model: 'account', where: [equal('id', account.id)] })).toEqual(account);
  });

  test.each([
    ['plain', 'foreign1'],
    ['looking minted, of the same user', 'owner~foreign2'],
    ['looking minted, of another user', 'stranger~foreign3'],
    ['of another shape', 'a/b#c:d'],
  ])('an id from outside works: %s', async (_name, id) => {
    const adapter = identity.adapter();
    const create = (userId: string) =>
      adapter.create({ model: 'account', data: { ...newAccount(userId), id }, forceAllowId: true });
    const account = await create('owner');
    const where = [equal('id', id)];
    expect(await adapter.findOne({ model: 'account', where })).toEqual(account);
    await expect(create('owner')).rejects.toMatchObject({ code: 'DUPLICATE' });
    await expect(create('stranger')).rejects.toMatchObject({ code: 'DUPLICATE' });
    expect(await adapter.update({ model: 'account', where, update: { scope: 'all' } })).toMatchObject({
      id,
      scope: 'all',
    });
    expect(await adapter.consumeOne({ model: 'account', where })).toMatchObject({ id });
    expect(await adapter.findOne({ model: 'account', where })).toBeNull();
    await expect(create('stranger')).resolves.toMatchObject({ id });
  });

  test('an id from outside cannot be one that was minted for another user', async () => {
    const adapter = identity.adapter();
    const { id } = await adapter.create({ model: 'account', data: newAccount('minted-for') });
    const data = { ...newAccount('somebody-else'), id };
    await expect(adapter.create({ model: 'account', data, forceAllowId: true })).rejects.toMatchObject({
      code: 'DUPLICATE',
    });
  });

  test.each(['uuid' as const, () => `own-${Math.random()}`])(
    'generateId of the application is kept (%#)',
    async (generateId) => {
      const adapter = identity.adapter({}, { advanced: { database: { generateId } } });
      const user = await adapter.create({ model: 'user', data: newUser() });
      const session = await adapter.create({ model: 'session', data: newSession(user.id) });
      expect(session.id).toMatch(generateId === 'uuid' ? /^[0-9a-f-]{36}$/ : /^own-/);
      for (const field of ['id', 'token'] as const) {
        expect(await adapter.findOne({ model: 'session', where: [equal(field, session[field])] })).toEqual(session);
      }
    },
  );

  test('numeric ids are refused at the start', () => {
    expect(() => identity.adapter({}, { advanced: { database: { generateId: 'serial' } } })).toThrow(/numeric ids/);
  });
});
