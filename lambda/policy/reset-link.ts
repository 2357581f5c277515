import { randomBytes } from 'node:crypto';
import type { AuthContext } from 'better-auth';

/** Stores a token that resets the user's password once, and answers the link with it. */
export async function createResetLink(
  { internalAdapter, options, baseURL }: AuthContext,
  userId: string,
  redirectTo = '',
): Promise<string> {
  const token = randomId();
  const lifetime = options.emailAndPassword!.resetPasswordTokenExpiresIn!;
  await internalAdapter.createVerificationValue({
    identifier: `reset-password:${token}`,
    value: userId,
    expiresAt: new Date(Date.now() + lifetime * 1000),
  });
  return `${baseURL}/reset-password/${token}?callbackURL=${encodeURIComponent(redirectTo)}`;
}

/** 192 bits, safe in a path. */
export const randomId = () => randomBytes(24).toString('base64url');
