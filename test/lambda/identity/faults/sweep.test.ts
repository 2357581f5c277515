import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { IdentityStoreError } from '../../../../lambda/identity/index.ts';
import { equal, type Identity, newAccount, newSession, newUser, startIdentity } from '../../../support/identity.ts';
import { findingsIn } from '../check.ts';
import { type FaultyClient, faultyClient } from './faulty-client.ts';

/** What a rival gives to a user who is being deleted goes after the user. An outage can come before that. */
let identity: Identity;
let faulty: FaultyClient;
beforeAll(async () => {
  identity = await startIdentity();
  faulty = faultyClient(identity.endpoint, 1);
});
afterAll(async () => {
  faulty.client.destroy();
  await identity.stop();
});

/** Deletes a user to whom a rival links an account and a session meanwhile. From the nth request on nothing gets through. */
async function deleteBesideRival(nth?: number) {
  const adapter = identity.adapter();
  const { id } = await adapter.create({ model: 'user', data: newUser() });
  await adapter.create({ model: 'session', data: newSession(id) });
  faulty.arm(nth === undefined ? undefined : 'timed out', nth, true);
  const deleting = identity.adapter({ client: faulty.client, wait: async () => {} }).transaction(async (trx) => {
    await trx.delete({ model: 'user', where: [equal('id', id)] });
    await adapter.create({ model: 'account', data: newAccount(id) });
    await adapter.create({ model: 'session', data: newSession(id) });
  });
  const error = await deleting.then(() => undefined).catch((caught: unknown) => caught);
  return { id, error };
}
const left = async (id: string) => (await identity.items()).filter((item) => JSON.stringify(item).includes(id));

test.each(['alone', 'in a transaction'])(
  'a delete that is repeated %s finishes what an outage cut short',
  async (way) => {
    const undisturbed = await deleteBesideRival();
    expect(undisturbed.error).toBeUndefined();
    expect(await left(undisturbed.id)).toEqual([]);
    const requests = faulty.sent().length;
    let orphaned = 0;
    for (let nth = 0; nth < requests; nth++) {
      const { id, error } = await deleteBesideRival(nth);
      expect(error).toBeInstanceOf(IdentityStoreError);
      expect((error as IdentityStoreError).code).toBe('STORE_UNAVAILABLE');
      const adapter = identity.adapter();
      const where = [equal('id', id)];
      if ((await adapter.findOne({ model: 'user', where })) === null && (await left(id)).length > 0) orphaned++;
      if (way === 'alone') await adapter.delete({ model: 'user', where });
      else await adapter.transaction((trx) => trx.delete({ model: 'user', where }));
      expect(await left(id)).toEqual([]);
    }
    expect(orphaned).toBeGreaterThan(0);
    expect(await findingsIn(identity)).toEqual([]);
  },
);

test('a delete that does not match leaves a user and everything of theirs alone', async () => {
  const adapter = identity.adapter();
  const { id } = await adapter.create({ model: 'user', data: newUser({ name: 'Ada' }) });
  await adapter.create({ model: 'account', data: newAccount(id) });
  const before = await left(id);
  await adapter.delete({ model: 'user', where: [equal('id', id), equal('name', 'Bob')] });
  await adapter.transaction((trx) => trx.delete({ model: 'user', where: [equal('id', id), equal('name', 'Bob')] }));
  expect(await left(id)).toEqual(before);
});
