import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { authOptions, equal, type Identity, newUser, startIdentity } from '../../support/identity.ts';

/**
 * Strings are in the order of their code points, as in DynamoDB. JavaScript compares UTF-16, where an emoji (two surrogates, from
 * U+D800) comes before U+FFFF; a language's own order would have A beside a.
 */
const ordered = ['B', 'a', 'é', '\uffff', '😀'];

let identity: Identity;
let adapter: ReturnType<Identity['adapter']>;
const byEmail = [{ field: 'email', operator: 'ends_with' as const, value: '@order.example' }];
beforeAll(async () => {
  identity = await startIdentity();
  adapter = identity.adapter({}, authOptions);
  for (const i of [3, 0, 4, 2, 1])
    await adapter.create({ model: 'user', data: newUser({ name: ordered[i], email: `${i}@order.example` }) });
});
afterAll(() => identity.stop());

test('a list is sorted by code point', async () => {
  const names = async (direction: 'asc' | 'desc') =>
    (
      await adapter.findMany<{ name: string }>({ model: 'user', where: byEmail, sortBy: { field: 'name', direction } })
    ).map(({ name }) => name);
  expect(await names('asc')).toEqual(ordered);
  expect(await names('desc')).toEqual([...ordered].reverse());
});

test('a filter compares by code point', async () => {
  const where = [...byEmail, { field: 'name', operator: 'lt' as const, value: '😀' }];
  expect(await adapter.count({ model: 'user', where })).toBe(4);
});

test('so does the condition of a write, which DynamoDB checks', async () => {
  const smiling = await adapter.findOne<{ id: string }>({ model: 'user', where: [equal('email', '4@order.example')] });
  const update = (operator: 'lt' | 'gt') =>
    adapter.update({
      model: 'user',
      where: [equal('id', smiling!.id), { field: 'name', operator, value: '\uffff' }],
      update: { emailVerified: true },
    });
  expect(await update('lt')).toBeNull();
  expect(await update('gt')).toMatchObject({ name: '😀' });
});
