import { type Identity, newUser } from '../../support/identity.ts';

/** Users with ids that a test can name: rows with claims can only belong to users who exist. */
export async function createUsers(identity: Identity, ...ids: string[]): Promise<void> {
  const adapter = identity.adapter();
  const create = (id: string) => adapter.create({ model: 'user', data: { ...newUser(), id }, forceAllowId: true });
  await Promise.all(ids.map(create));
}
