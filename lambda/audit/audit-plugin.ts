import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { type RequestContext, requestContext } from '../gateway/request-context.ts';

interface Session {
  readonly user: { readonly id: string; readonly email: string };
  readonly session: { readonly id: string; readonly impersonatedBy?: string | null };
}

/**
 * Tells the request context who acted and what became of it. It must be the last plugin: only behind two-factor does
 * `newSession` mean that the session still stands (a sign-in that awaits its second factor creates one and deletes it again).
 */
export function auditPlugin(): BetterAuthPlugin {
  return {
    id: 'gatehouse-audit',
    init: () => ({
      options: {
        databaseHooks: {
          session: {
            // Sign-out and revocation know their user only here.
            delete: { after: async ({ id, userId }) => nameSubject(userId, id) },
          },
          user: {
            create: {
              after: async ({ id }) => {
                nameSubject(id);
                note((context) => (context.userCreated = true));
              },
            },
            delete: {
              after: async ({ id }) => {
                nameSubject(id);
                note((context) => (context.userDeleted = true));
              },
            },
            update: {
              after: async ({ id, emailVerified }) => {
                nameSubject(id);
                if (emailVerified) note((context) => (context.emailVerified = true));
              },
            },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          matcher: ({ body }) => typeof body?.email === 'string',
          handler: createAuthMiddleware(async ({ body }) => note((context) => (context.email = body.email))),
        },
      ],
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async ({ path, body, context: { newSession, session } }) =>
            note((context) => describe(context, path, body, session as Session | null, newSession as Session | null)),
          ),
        },
      ],
    },
  };
}

function describe(
  context: RequestContext,
  path: string,
  body: { userId?: unknown } | undefined,
  session: Session | null,
  newSession: Session | null,
): void {
  context.hadSession = session !== null;
  context.signedIn = newSession !== null;
  context.actorId = session?.session.impersonatedBy ?? undefined;
  if (path.startsWith('/admin/')) {
    context.actorId ??= session?.user.id;
    context.userId = typeof body?.userId === 'string' ? body.userId : context.userId;
    if (path === '/admin/stop-impersonating') context.userId = session?.user.id;
    return;
  }
  const current = newSession ?? session;
  if (!current) return;
  context.account = current.user;
  context.userId = current.user.id;
  context.sessionId = current.session.id;
}

/** For what no session tells: whom a mailed link or a deleted row was about. */
export function nameSubject(userId: string, sessionId?: string): void {
  note((context) => {
    context.userId ??= userId;
    context.sessionId ??= sessionId;
  });
}

function note(write: (context: RequestContext) => void): void {
  const context = requestContext();
  if (context) write(context);
}
