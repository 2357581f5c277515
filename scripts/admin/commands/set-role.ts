import { AdminError } from '../admin-error.ts';
import { updateUser } from '../user.ts';
import type { Result, UserInput } from './command.ts';

/** Gives a user a role. It holds at once, in sessions that exist too; tokens that were issued before keep theirs until they expire. */
export async function setRole({ given, store, user }: UserInput): Promise<Result> {
  const role = given.command === 'demote' ? 'user' : (given.role ?? 'admin');
  if (given.command === 'promote' && !user.emailVerified) {
    // The address may be anybody's who typed it at sign-up.
    throw new AdminError('EMAIL_UNVERIFIED', `the address of '${given.subject}' is not verified`);
  }
  await updateUser(store.adapter, user, { role });
  return { data: { user: { id: user.id, role } }, lines: [`${user.email} has the role '${role}'`] };
}
