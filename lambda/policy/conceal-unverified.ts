import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { requestContext } from '../gateway/request-context.ts';

/** As Better Auth words it. */
const wrongPassword = { message: 'Invalid email or password', code: 'INVALID_EMAIL_OR_PASSWORD' };

/**
 * Answers the right password of an unverified address like a wrong one. Else anyone could sign up with a stranger's address
 * and learn from the next sign-in whether it had an account before (ASVS 5.0 6.3.8).
 */
export function concealUnverifiedPlugin(): BetterAuthPlugin {
  return {
    id: 'gatehouse-conceal-unverified',
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === '/sign-in/email',
          handler: createAuthMiddleware(async ({ context: { returned } }) => {
            if (!(returned instanceof APIError) || returned.body?.code !== 'EMAIL_NOT_VERIFIED') return;
            const context = requestContext();
            if (context) context.concealedCode = 'EMAIL_NOT_VERIFIED';
          }),
        },
      ],
    },
    // A hook could replace the body only: Better Auth has settled the status by then.
    onResponse: async ({ headers }) => {
      if (requestContext()?.concealedCode !== 'EMAIL_NOT_VERIFIED') return;
      return { response: Response.json(wrongPassword, { status: 401, headers }) };
    },
  };
}
