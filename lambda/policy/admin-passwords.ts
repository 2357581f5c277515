import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';

/**
 * Holds passwords that administrators set to the rules that users' own have to meet: Better Auth checks their length from above
 * only. A password that an administrator replaces ends the user's sessions, since the old one may be why (ASVS 5.0 7.4.5).
 */
export function adminPasswordsPlugin(): BetterAuthPlugin {
  return {
    id: 'gatehouse-admin-passwords',
    hooks: {
      before: [
        {
          matcher: ({ path, body }) => path === '/admin/create-user' && typeof body?.password === 'string',
          handler: createAuthMiddleware(async ({ body, context }) => {
            const { minPasswordLength } = context.password.config;
            if (body.password.length >= minPasswordLength) return;
            throw APIError.from('BAD_REQUEST', {
              code: 'PASSWORD_TOO_SHORT',
              message: `The password has ${body.password.length} characters; allowed are ${minPasswordLength} or more`,
            });
          }),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === '/admin/set-user-password',
          handler: createAuthMiddleware(async ({ body, context }) => {
            if (!(context.returned instanceof Error)) await context.internalAdapter.deleteUserSessions(body.userId);
          }),
        },
      ],
    },
  };
}
