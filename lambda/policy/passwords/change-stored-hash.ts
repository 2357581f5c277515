import type { GenericEndpointContext } from '@better-auth/core';
import { getCurrentAdapter } from '@better-auth/core/context';
import { APIError } from 'better-auth/api';

/** As Better Auth words it for a current password that is wrong. */
const wrongPassword = { message: 'Invalid password', code: 'INVALID_PASSWORD' };

/**
 * Writes a changed password on condition that the current one is still what the client proved to know. Of parallel changes by people
 * who know the same password one succeeds: the others' knowledge is out of date. Within the transaction that Better Auth has begun.
 */
export async function changeStoredHash(
  { context }: GenericEndpointContext,
  userId: string,
  verified: string,
  password: string,
): Promise<void> {
  const adapter = await getCurrentAdapter(context.adapter);
  const where = Object.entries({ userId, providerId: 'credential', accountId: userId, password: verified });
  const changed = await adapter.update({
    model: 'account',
    where: where.map(([field, value]) => ({ field, value })),
    update: { password },
  });
  if (!changed) throw APIError.from('BAD_REQUEST', wrongPassword);
}
