import type { DBAdapter } from 'better-auth/types';
import { unknownUser } from '../user.ts';
import type { Result, UserInput } from './command.ts';

/**
 * Deletes a user with all that belongs to it, in one transaction; the address is free then. Rows that only name the user, such as an
 * invitation by it, stay: `export` shows them.
 */
export async function eraseUser({ store, user }: UserInput): Promise<Result> {
  const erased = await deleteUser(store.adapter, user.id);
  if (!erased) throw unknownUser(user.id);
  return { data: { user: { id: user.id }, erased: true }, lines: [`user ${user.id} is erased, and the address free`] };
}

/** Also deletes what an outage in the midst of an earlier deletion left. Answers whether the user was there. */
export async function deleteUser(adapter: DBAdapter, id: string): Promise<boolean> {
  return (await adapter.deleteMany({ model: 'user', where: [{ field: 'id', value: id }] })) > 0;
}
