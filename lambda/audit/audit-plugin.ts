import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { requestContext } from '../gateway/request-context.ts';

/**
 * Tells the request context who acted. It must be the last plugin: only behind two-factor does `newSession` mean that the
 * session still stands (a sign-in that awaits its second factor creates one and deletes it again).
 */
export function auditPlugin(): BetterAuthPlugin {
  return {
    id: 'gatehouse-audit',
    init: () => ({
      options: {
        databaseHooks: {
          session: {
            // Sign-out and revocation know their user only here.
            delete: { after: async (session) => nameActor(session.userId, session.id) },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          matcher: ({ body }) => typeof body?.email === 'string',
          handler: createAuthMiddleware(async ({ body }) => {
            const context = requestContext();
            if (context) context.email = body.email;
          }),
        },
      ],
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async ({ context: { newSession, session } }) => {
            const current = newSession ?? session;
            if (current) nameActor(current.user.id, current.session.id);
            const context = requestContext();
            if (context && newSession) context.signedIn = true;
          }),
        },
      ],
    },
  };
}

function nameActor(userId: string, sessionId: string): void {
  const context = requestContext();
  if (!context) return;
  context.userId = userId;
  context.sessionId = sessionId;
}
