import { randomBytes } from 'node:crypto';
import { tryGetCurrentAuthEndpointContext } from '@better-auth/core/context';

/** A user and an account, each with a claim: what a sign-up stores in one transaction. */
const rowsOfSignUp = 4;

/**
 * Takes as long as storing a new user does: writes as many rows in one transaction, which are expired already. For a sign-up with an
 * address that has an account, which else would be answered sooner than any other (ASVS 5.0 6.3.8).
 */
export async function writeLikeSignUp(): Promise<void> {
  const endpoint = tryGetCurrentAuthEndpointContext();
  await endpoint?.context.adapter.transaction(async (transaction) => {
    const now = new Date();
    for (let row = 0; row < rowsOfSignUp; row++) {
      const identifier = randomBytes(24).toString('base64url');
      const data = { identifier, value: '', expiresAt: now, createdAt: now, updatedAt: now };
      await transaction.create({ model: 'verification', data });
    }
  });
}
