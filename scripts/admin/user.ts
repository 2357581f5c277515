import { AdminError } from './admin-error.ts';
import type { IdentityStore } from './identity-store.ts';

/** What the commands look at of a user; the row has more. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly role?: string | null;
  readonly banned?: boolean | null;
}

/** By address, or by id. Throws `AdminError` `USER_UNKNOWN`. */
export async function findUser({ adapter }: IdentityStore, subject: string): Promise<User> {
  const where = subject.includes('@')
    ? { field: 'email', value: subject.toLowerCase() }
    : { field: 'id', value: subject };
  const user = await adapter.findOne<User>({ model: 'user', where: [where] });
  if (user) return user;
  throw unknownUser(subject);
}

export const unknownUser = (subject: string) => new AdminError('USER_UNKNOWN', `there is no user '${subject}'`);

/** Changes a row of a user that is still there. Throws `AdminError` `USER_UNKNOWN`. */
export async function updateUser(
  adapter: Pick<IdentityStore['adapter'], 'update'>,
  user: User,
  update: Record<string, unknown>,
): Promise<void> {
  const where = [{ field: 'id', value: user.id }];
  const changed = await adapter.update({ model: 'user', where, update: { ...update, updatedAt: new Date() } });
  if (!changed) throw unknownUser(user.id);
}
