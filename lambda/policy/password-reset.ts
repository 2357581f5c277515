import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint, originCheck } from 'better-auth/api';
import * as z from 'zod';
import type { SendMail } from './lockout-mail.ts';
import { requirePermission } from './require-permission.ts';

const redirectTo = z.string().optional();

const mayReset = requirePermission(
  { user: ['set-password'] },
  {
    code: 'YOU_ARE_NOT_ALLOWED_TO_RESET_PASSWORDS',
    message: 'Starting a password reset needs the permission to set passwords.',
  },
);

/** The two ways to a mailed link that resets a password. */
export function passwordResetPlugin(sendMail: SendMail): BetterAuthPlugin {
  return {
    id: 'gatehouse-password-reset',
    endpoints: {
      /** In the place of Better Auth's. */
      requestPasswordReset: createAuthEndpoint(
        '/request-password-reset',
        {
          method: 'POST',
          body: z.object({ email: z.email(), redirectTo }),
          use: [originCheck(({ body }) => body.redirectTo)],
        },
        async (ctx) => {
          const { requestReset } = await import('./request-reset.ts');
          return ctx.json(await requestReset(ctx.context, ctx.body, sendMail));
        },
      ),

      /** Has a user choose a new password. Needs the permission to set passwords, which it does not do (ASVS 5.0 6.4.6). */
      sendPasswordReset: createAuthEndpoint(
        '/admin/send-password-reset',
        {
          method: 'POST',
          body: z.object({
            userId: z.string().min(1).max(128),
            redirectTo,
            /** Whether the user's sessions end now; else they do when the password is reset. */
            revokeSessions: z.boolean().optional(),
          }),
          use: [mayReset],
        },
        async (ctx) => {
          const { startReset } = await import('./start-reset.ts');
          return ctx.json(await startReset(ctx.context, ctx.body, sendMail));
        },
      ),
    },
  };
}
