import { updateUser } from '../user.ts';
import type { Result, UserInput } from './command.ts';
import { endSessions } from './end-sessions.ts';

/** Shuts a user out in one transaction: the row says so, and no session is left. A sign-in under way is refused when it comes to store its own. */
export async function disable({ given, store, user }: UserInput): Promise<Result> {
  const ended = await store.adapter.transaction(async (transaction) => {
    await updateUser(transaction, user, { banned: true, banReason: given.reason ?? null, banExpires: null });
    return endSessions(transaction, user);
  });
  const lines = [`${user.email} is disabled; ${ended} session${ended === 1 ? '' : 's'} ended`];
  return { data: { user: { id: user.id, disabled: true }, ended }, lines };
}

export async function enable({ store, user }: UserInput): Promise<Result> {
  await updateUser(store.adapter, user, { banned: false, banReason: null, banExpires: null });
  return { data: { user: { id: user.id, disabled: false } }, lines: [`${user.email} can sign in again`] };
}
