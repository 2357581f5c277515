import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authOptions, equal, type Identity, newUser, startIdentity } from '../../support/identity.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

const adapterWith = (handle: object, listing: string[] = []) =>
  identity.adapter(
    { listing },
    { ...authOptions, user: { additionalFields: { handle: { type: 'string', required: false, ...handle } } } },
  );
const byId = (id: string) => [equal('id', id)];

describe.each(['the field itself', 'another field, in a transaction'])('a rewrite of %s', (way) => {
  const rewrite = (adapter: ReturnType<typeof adapterWith>, id: string, handle: string) =>
    way === 'the field itself'
      ? adapter.update({ model: 'user', where: byId(id), update: { handle } })
      : adapter.transaction((trx) => trx.update({ model: 'user', where: byId(id), update: { name: 'rewritten' } }));

  test('makes an old row claim a field that became unique', async () => {
    const handle = `claimed ${way}`;
    const create = { model: 'user', data: newUser({ handle }) };
    const [first, second] = [
      await adapterWith({}).create(create),
      await adapterWith({}).create({ ...create, data: newUser({ handle }) }),
    ];
    const adapter = adapterWith({ unique: true });
    expect(await rewrite(adapter, first.id, handle)).toMatchObject({ id: first.id });
    expect(await adapter.findOne({ model: 'user', where: [equal('handle', handle)] })).toMatchObject({ id: first.id });
    const duplicate = { code: 'DUPLICATE', message: "another 'user' has the same handle" };
    await expect(adapter.create({ model: 'user', data: newUser({ handle }) })).rejects.toMatchObject(duplicate);
    await expect(rewrite(adapter, second.id, handle)).rejects.toMatchObject(duplicate);
  });

  test('makes an old row findable by a field that became an index', async () => {
    const handle = `indexed ${way}`;
    const { id } = await adapterWith({}).create({ model: 'user', data: newUser({ handle }) });
    const adapter = adapterWith({ index: true });
    await rewrite(adapter, id, handle);
    expect(await adapter.findMany({ model: 'user', where: [equal('handle', handle)] })).toMatchObject([{ id }]);
  });
});

test('a rewrite in a transaction lists a row of a model that was not listed', async () => {
  const { id } = await adapterWith({}).create({ model: 'user', data: newUser() });
  const adapter = adapterWith({}, ['user']);
  expect(await adapter.count({ model: 'user' })).toBe(0);
  await adapter.transaction((trx) => trx.update({ model: 'user', where: byId(id), update: { name: 'listed' } }));
  expect(await adapter.findMany({ model: 'user' })).toMatchObject([{ id, name: 'listed' }]);
});
