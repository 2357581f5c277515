import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { twoFactor } from 'better-auth/plugins';
import {
  authOptions,
  equal,
  type Identity,
  newAccount,
  newSession,
  newUser,
  startIdentity,
} from '../../support/identity.ts';
import { findingsIn } from './check.ts';

/** A claim of a row whose user is gone would keep its value from everybody for ever. */
let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

const missing = { code: 'PARENT_MISSING', message: expect.stringContaining("no 'user'") };
const itemsNaming = async (text: string) =>
  (await identity.items()).filter((item) => JSON.stringify(item).includes(text));

describe('a row with claims is not written', () => {
  test.each([
    ['account', () => newAccount('nobody')],
    ['session', () => newSession('nobody')],
  ])('for a user who does not exist (%s)', async (model, data) => {
    await expect(identity.adapter().create({ model, data: data() })).rejects.toMatchObject(missing);
    expect(await itemsNaming('nobody')).toEqual([]);
  });

  test('for a user whom a rival deletes meanwhile', async () => {
    const adapter = identity.adapter();
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    const linking = adapter.transaction(async (trx) => {
      expect(await trx.findOne({ model: 'user', where: [equal('id', id)] })).not.toBeNull();
      await trx.create({ model: 'account', data: newAccount(id) });
      await adapter.delete({ model: 'user', where: [equal('id', id)] });
    });
    await expect(linking).rejects.toMatchObject(missing);
    expect(await itemsNaming(id)).toEqual([]);
  });

  test('for a user whom the same transaction deletes', async () => {
    const adapter = identity.adapter();
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    const linking = adapter.transaction(async (trx) => {
      await trx.delete({ model: 'user', where: [equal('id', id)] });
      await trx.create({ model: 'account', data: newAccount(id) });
    });
    await expect(linking).rejects.toMatchObject(missing);
  });

  test('to a user who does not exist, by an update', async () => {
    const adapter = identity.adapter();
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    const account = await adapter.create({ model: 'account', data: newAccount(id) });
    const moving = adapter.update({ model: 'account', where: [equal('id', account.id)], update: { userId: 'nobody' } });
    await expect(moving).rejects.toMatchObject(missing);
    expect(await adapter.findMany({ model: 'account', where: [equal('userId', id)] })).toEqual([account]);
  });
});

test('a transaction may write the account before its user, and change that', async () => {
  const adapter = identity.adapter();
  const id = 'written-later';
  await adapter.transaction(async (trx) => {
    await trx.create({ model: 'account', data: newAccount(id) });
    await trx.create({ model: 'user', data: { ...newUser(), id }, forceAllowId: true });
  });
  await adapter.transaction(async (trx) => {
    await trx.create({ model: 'account', data: newAccount(id) });
    await trx.update({ model: 'user', where: [equal('id', id)], update: { name: 'Bob' } });
  });
  expect(await adapter.findOne({ model: 'user', where: [equal('id', id)], join: { account: true } })).toMatchObject({
    name: 'Bob',
    account: [{ userId: id }, { userId: id }],
  });
});

describe('a user who is deleted', () => {
  const isGone = async (id: string) => {
    expect(await itemsNaming(id)).toEqual([]);
    expect(await findingsIn(identity)).toEqual([]);
  };

  test('takes along what was linked after everything else had been deleted', async () => {
    const adapter = identity.adapter();
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    await adapter.deleteMany({ model: 'account', where: [equal('userId', id)] });
    await adapter.create({ model: 'account', data: newAccount(id, { accountId: 'linked-late' }) });
    await adapter.create({ model: 'session', data: newSession(id) });
    await adapter.create({ model: 'session', data: newSession(id, { token: `${id}~late` }) });
    await adapter.delete({ model: 'user', where: [equal('id', id)] });
    await isGone(id);
    const other = await adapter.create({ model: 'user', data: newUser() });
    await adapter.create({ model: 'account', data: newAccount(other.id, { accountId: 'linked-late' }) });
  });

  test('takes it along in a transaction, which a rival cannot see', async () => {
    const adapter = identity.adapter();
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    await adapter.transaction(async (trx) => {
      await trx.deleteMany({ model: 'account', where: [equal('userId', id)] });
      await adapter.create({ model: 'account', data: newAccount(id) });
      await trx.delete({ model: 'user', where: [equal('id', id)] });
    });
    await isGone(id);
  });

  test('takes along what a rival links while the transaction that deletes the user is under way', async () => {
    const adapter = identity.adapter();
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    await adapter.transaction(async (trx) => {
      await trx.delete({ model: 'user', where: [equal('id', id)] });
      await adapter.create({ model: 'account', data: newAccount(id) });
    });
    await isGone(id);
  });

  test('leaves alone what belongs to the user of the same id who follows', async () => {
    const adapter = identity.adapter();
    const data = newUser({ id: 'returning' });
    await adapter.create({ model: 'user', data, forceAllowId: true });
    await adapter.transaction(async (trx) => {
      await trx.delete({ model: 'user', where: [equal('id', 'returning')] });
      await trx.create({ model: 'user', data, forceAllowId: true });
      await trx.create({ model: 'account', data: newAccount('returning') });
    });
    expect(await adapter.findMany({ model: 'account', where: [equal('userId', 'returning')] })).toHaveLength(1);
    expect(await findingsIn(identity)).toEqual([]);
  });
});

test('a second factor is not written for a user who does not exist', async () => {
  const adapter = identity.adapter({}, { ...authOptions, plugins: [twoFactor()] });
  const data = { userId: 'nobody', secret: 'secret', backupCodes: 'codes' };
  await expect(adapter.create({ model: 'twoFactor', data })).rejects.toMatchObject(missing);
});
