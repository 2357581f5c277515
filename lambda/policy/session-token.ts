import { randomBytes } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';

/**
 * Makes session tokens that name their user's partition: `<userId>~<192 random bits>`. The identity adapter then reads session
 * and user in one request. The user id is no secret; the random part alone authenticates, and only inside a signed cookie or
 * bearer token.
 */
export function sessionTokenPlugin(): BetterAuthPlugin {
  return {
    id: 'gatehouse-session-token',
    init: () => ({
      options: {
        databaseHooks: {
          session: {
            create: {
              before: async (session) => ({
                data: { token: `${session.userId}~${randomBytes(24).toString('base64url')}` },
              }),
            },
          },
        },
      },
    }),
  };
}

/** Whom a session token names; whether it is good is not for this to say. */
export const userOfToken = (token: string | undefined): string | undefined => /^(.+)~[^~]+$/s.exec(token ?? '')?.[1];
