import type { AuthContext } from 'better-auth';
import { APIError } from 'better-auth/api';
import { requestContext } from '../gateway/request-context.ts';
import type { SendMail } from './lockout-mail.ts';
import { createResetLink } from './reset-link.ts';

interface Reset {
  readonly userId: string;
  readonly redirectTo?: string | undefined;
  readonly revokeSessions?: boolean | undefined;
}

/**
 * Mails a user the link that resets a password. The password stays as it is until the link is used.
 *
 * @throws APIError 404 USER_NOT_FOUND; 429 TOO_MANY_MAILS when the address had enough of them. A mail that cannot be queued is a 503.
 */
export async function startReset(context: AuthContext, reset: Reset, sendMail: SendMail): Promise<{ status: true }> {
  const { userId, redirectTo, revokeSessions = false } = reset;
  const { internalAdapter } = context;
  const user = await internalAdapter.findUserById(userId);
  if (!user) throw APIError.from('NOT_FOUND', { code: 'USER_NOT_FOUND', message: 'There is no such user.' });
  const [url] = await Promise.all([
    createResetLink(context, userId, redirectTo),
    revokeSessions && internalAdapter.deleteUserSessions(userId),
  ]);
  const queued = await sendMail({ kind: 'reset-by-administrator', to: user.email, url });
  if (queued || requestContext()?.failure) return { status: true };
  throw APIError.from('TOO_MANY_REQUESTS', {
    code: 'TOO_MANY_MAILS',
    message: 'The user was sent several of these mails within the hour. Please try again later.',
  });
}
