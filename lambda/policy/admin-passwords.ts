import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';

/** A password that an administrator replaces ends the user's sessions, since the old one may be why (ASVS 5.0 7.4.5). */
export function adminPasswordsPlugin(): BetterAuthPlugin {
  return {
    id: 'gatehouse-admin-passwords',
    hooks: {
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
