import * as z from 'zod';
import { AdminError } from '../admin-error.ts';
import type { User } from '../user.ts';
import type { Result, StoreInput } from './command.ts';

/**
 * Makes a user without a password, who sets one by asking for a reset: so no password passes through the operator's hands. Whoever reads
 * the mailbox gets in.
 */
export async function createUser({ given, store, target, now }: StoreInput): Promise<Result> {
  const { data: email } = z.email().safeParse(given.subject.toLowerCase());
  if (!email) throw new AdminError('USAGE', `'${given.subject}' is no address`);
  const role = given.role ?? 'admin';
  const { id } = await store.adapter
    .create<Omit<User, 'id'> & Record<'createdAt' | 'updatedAt', Date>, User>({
      model: 'user',
      data: { name: given.name!, email, emailVerified: true, role, createdAt: now(), updatedAt: now() },
    })
    .catch((error: unknown) => {
      if (!isDuplicate(error)) throw error;
      throw new AdminError('EMAIL_TAKEN', `there is a user '${email}' already; promote gives that one the role`);
    });
  return {
    userId: id,
    data: { user: { id, email, role } },
    lines: [
      `${email} is user ${id} with the role '${role}'`,
      `A password is set by asking for a reset: POST ${target.baseUrl}/api/auth/request-password-reset`,
    ],
  };
}

const isDuplicate = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'DUPLICATE';
