import { admin, twoFactor } from 'better-auth/plugins';
import { dynamodbAdapter } from '../../lambda/identity/index.ts';
import type { FlowTarget } from './flow-target.ts';

type IdentityTable = NonNullable<FlowTarget['identityTable']>;

/** The stack's own adapter, so that keys, claims and expiry are written as the stack writes them. */
const adapterOn = ({ client, name }: IdentityTable) =>
  dynamodbAdapter({ client, tableName: name })({ plugins: [admin(), twoFactor()] });

/** Makes a session look as if it had been created, and used last, when it would end at `expiresAt`. */
export async function ageSession(table: IdentityTable, token: string, expiresAt: Date): Promise<void> {
  const where = [{ field: 'token', value: token }];
  const createdAt = new Date(expiresAt.getTime() - 7 * 24 * 3600 * 1000);
  const row = await adapterOn(table).update({ model: 'session', where, update: { createdAt, expiresAt } });
  if (!row) throw new Error(`table '${table.name}' has no such session; is it the identity table of this stack?`);
}

/**
 * Removes a user with everything that belongs to it. Verifications and counters name nobody, and expire by themselves.
 *
 * @returns whether there was such a user
 */
export async function removeUser(table: IdentityTable, email: string): Promise<boolean> {
  const adapter = adapterOn(table);
  const user = await adapter.findOne<{ id: string }>({ model: 'user', where: [{ field: 'email', value: email }] });
  if (!user) return false;
  const owned = [{ field: 'userId', value: user.id }];
  for (const model of ['session', 'account', 'twoFactor']) await adapter.deleteMany({ model, where: owned });
  await adapter.delete({ model: 'user', where: [{ field: 'id', value: user.id }] });
  return true;
}
