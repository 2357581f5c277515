import { randomBytes } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint, originCheck } from 'better-auth/api';
import * as z from 'zod';
import type { MailMessage } from '../../contract/mail.ts';

/** As Better Auth words it. */
const answer = { status: true, message: 'If this email exists in our system, check your email for the reset link' };

/**
 * Asking for a reset of a password, in the place of Better Auth's endpoint: that one stores a token and sends a mail for known addresses
 * only, which takes longer. Here an unknown address goes the same way, step by step, to a token of nobody and a message that the mailer
 * drops (ASVS 5.0 6.3.8).
 */
export function passwordResetPlugin(sendMail: (mail: MailMessage) => Promise<void>): BetterAuthPlugin {
  return {
    id: 'gatehouse-password-reset',
    endpoints: {
      requestPasswordReset: createAuthEndpoint(
        '/request-password-reset',
        {
          method: 'POST',
          body: z.object({ email: z.email(), redirectTo: z.string().optional() }),
          use: [originCheck(({ body }) => body.redirectTo)],
        },
        async ({ body, context, json }) => {
          const { internalAdapter, options, baseURL } = context;
          const email = body.email.toLowerCase();
          const found = await internalAdapter.findUserByEmail(email);
          const nobody = randomId();
          // The address only leads to the user: reading nobody takes as long.
          if (!found) await internalAdapter.findUserById(nobody);
          const token = randomId();
          const lifetime = options.emailAndPassword!.resetPasswordTokenExpiresIn!;
          await internalAdapter.createVerificationValue({
            identifier: `reset-password:${token}`,
            value: found?.user.id ?? nobody,
            expiresAt: new Date(Date.now() + lifetime * 1000),
          });
          const callback = encodeURIComponent(body.redirectTo ?? '');
          const url = `${baseURL}/reset-password/${token}?callbackURL=${callback}`;
          await context.runInBackgroundOrAwait(
            sendMail({ kind: 'reset-password', to: email, url, ...(!found && { discard: true }) }),
          );
          return json(answer);
        },
      ),
    },
  };
}

/** 192 bits, safe in a path. */
const randomId = () => randomBytes(24).toString('base64url');
