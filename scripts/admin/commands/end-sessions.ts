import type { DBAdapter } from 'better-auth/types';
import { AdminError } from '../admin-error.ts';
import { type User, unknownUser } from '../user.ts';
import type { Result, UserInput } from './command.ts';

type Transaction = Omit<DBAdapter, 'transaction'>;

/** Ends all sessions of a user, or one. Tokens that they got stay good until they expire. */
export async function revoke({ given, store, user }: UserInput): Promise<Result> {
  const { session } = given;
  if (session !== undefined) {
    const where = [
      { field: 'userId', value: user.id },
      { field: 'id', value: session },
    ];
    const count = await store.adapter.deleteMany({ model: 'session', where });
    if (count === 0) throw new AdminError('SESSION_UNKNOWN', `'${given.subject}' has no session '${session}'`);
  }
  const ended = session === undefined ? await endAll(store.adapter, user) : 1;
  const lines = [`${ended} session${ended === 1 ? '' : 's'} of ${user.email} ended`];
  return { data: { user: { id: user.id }, ended }, lines };
}

const endAll = (adapter: DBAdapter, user: User): Promise<number> =>
  adapter.transaction(async (transaction) => {
    const where = [{ field: 'id', value: user.id }];
    // As a sign-in does, which counts what it begins: of the two one is first, and no session slips in between.
    const counted = await transaction.incrementOne({ model: 'user', where, increment: { sessionsBegun: 1 } });
    if (!counted) throw unknownUser(user.id);
    return endSessions(transaction, user);
  });

/** Within a transaction that writes the user's row; read behind that, so that none is missing. */
export const endSessions = (transaction: Transaction, { id }: User): Promise<number> =>
  transaction.deleteMany({ model: 'session', where: [{ field: 'userId', value: id }] });
