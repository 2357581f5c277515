import type { GenericEndpointContext } from '@better-auth/core';
import { outsideRequest } from '../../gateway/request-context.ts';
import type { PasswordHasher } from './password-options.ts';
import type { VerifiedPassword } from './password-state.ts';

type Adapter = GenericEndpointContext['context']['adapter'];

/**
 * Replaces a stored hash that is cheaper to attack than a new one would be. Only as long as it is the stored one: a change of password
 * meanwhile wins. It is done outside the request's context, since the sign-in is no failure when this fails; the next one tries again.
 */
export function upgradeHash(
  hasher: PasswordHasher,
  adapter: Adapter,
  userId: string,
  { password, hash }: VerifiedPassword,
): Promise<void> {
  return outsideRequest(async () => {
    if (!(await hasher.needsRehash?.(hash))) return;
    const update = { password: await hasher.hash(password) };
    const where = Object.entries({ userId, providerId: 'credential', accountId: userId, password: hash });
    await adapter.update({ model: 'account', where: where.map(([field, value]) => ({ field, value })), update });
  });
}
