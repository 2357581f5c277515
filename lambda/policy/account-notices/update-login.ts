import type { DBAdapter } from 'better-auth';
import { requestContext } from '../../gateway/request-context.ts';
import { loginFields } from './observe-logins.ts';

type Update = Parameters<DBAdapter['update']>[0];

interface User extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
}

/** Updates a user, and notes what was changed of what the user signs in with. One read more. */
export async function updateLogin<T>(adapter: Pick<DBAdapter, 'findOne' | 'update'>, query: Update): Promise<T | null> {
  const before = await adapter.findOne<User>({ model: 'user', where: query.where });
  const after = await adapter.update<T>(query);
  const context = requestContext();
  if (!before || !after || !context) return after;
  const fields = loginFields.filter(
    (field) => field in query.update && query.update[field] !== (before[field] ?? null),
  );
  const email = before.emailVerified ? before.email : undefined;
  if (fields.length > 0) context.loginChange = { userId: before.id, email, fields };
  return after;
}
