import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BetterAuthOptions } from 'better-auth';
import { username } from 'better-auth/plugins';
import { authOptions, equal, type Identity, newAccount, newUser, startIdentity } from '../../support/identity.ts';
import { findingsIn } from './check.ts';

/** A user leaves nothing behind, even of plugins that were removed since; it would be back when they return. */
let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

const keys = {
  id: 'keys',
  schema: {
    key: {
      fields: {
        userId: { type: 'string', references: { model: 'user', field: 'id' } },
        credential: { type: 'string', unique: true },
        device: { type: 'string', index: true },
        owns: { type: 'string', required: false, unique: true },
      },
    },
  },
} as const;
const before = { ...authOptions, plugins: [username(), keys] } satisfies BetterAuthOptions;

async function person(name: string) {
  const adapter = identity.adapter({}, before);
  const data = newUser({ username: name, displayUsername: name });
  const { id: userId } = await adapter.create({ model: 'user', data });
  const key = { userId, credential: `credential ${name}`, device: `device-${name}`, owns: `${name}-owns` };
  await adapter.create({ model: 'key', data: { ...key, id: `key-${name}` }, forceAllowId: true });
  await adapter.create({ model: 'account', data: newAccount(userId) });
  return userId;
}
const itemsNaming = async (text: string) =>
  (await identity.items()).filter((item) => JSON.stringify(item).includes(text)).map(({ pk }) => pk);

describe('a user with rows and unique values of a plugin that is gone', () => {
  test('leaves none of them, and every value free', async () => {
    const id = await person('ada');
    await identity.adapter().delete({ model: 'user', where: [equal('id', id)] });
    expect(await itemsNaming(id)).toEqual([]);
    await person('ada');
    expect(await findingsIn(identity, before)).toEqual([]);
  });

  test('leaves none of them by a transaction', async () => {
    const id = await person('bob');
    await identity.adapter().transaction((trx) => trx.delete({ model: 'user', where: [equal('id', id)] }));
    expect(await itemsNaming(id)).toEqual([]);
  });

  test('leaves alone what another has the claim on', async () => {
    const id = await person('carol');
    const other = await person('dave');
    const Key = { pk: { S: `user:${id}` }, sk: { S: 'key#key-carol' } };
    const change = {
      UpdateExpression: 'SET credential = :c',
      ExpressionAttributeValues: { ':c': { S: 'credential dave' } },
    };
    await identity.client.send(new UpdateItemCommand({ TableName: 'identity', Key, ...change }));
    await identity.adapter().delete({ model: 'user', where: [equal('id', id)] });
    const adapter = identity.adapter({}, before);
    const where = [equal('credential', 'credential dave')];
    expect(await adapter.findOne({ model: 'key', where })).toMatchObject({ userId: other });
    expect(await adapter.findOne({ model: 'user', where: [equal('username', 'dave')] })).toMatchObject({ id: other });
  });
});
