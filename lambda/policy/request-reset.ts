import type { AuthContext } from 'better-auth';
import type { SendMail } from './lockout-mail.ts';
import { createResetLink, randomId } from './reset-link.ts';

/** As Better Auth words it. */
const answer = { status: true, message: 'If this email exists in our system, check your email for the reset link' };

/**
 * Asking for a reset of a password. Better Auth stores a token and sends a mail for known addresses only, which takes longer. Here an
 * unknown address goes the same way, step by step, to a token of nobody and a message that the mailer drops (ASVS 5.0 6.3.8).
 */
export async function requestReset(
  context: AuthContext,
  body: { readonly email: string; readonly redirectTo?: string | undefined },
  sendMail: SendMail,
): Promise<typeof answer> {
  const { internalAdapter } = context;
  const email = body.email.toLowerCase();
  const found = await internalAdapter.findUserByEmail(email);
  const nobody = randomId();
  // The address only leads to the user: reading nobody takes as long.
  if (!found) await internalAdapter.findUserById(nobody);
  const url = await createResetLink(context, found?.user.id ?? nobody, body.redirectTo);
  await context.runInBackgroundOrAwait(
    sendMail({ kind: 'reset-password', to: email, url, ...(!found && { discard: true }) }),
  );
  return answer;
}
