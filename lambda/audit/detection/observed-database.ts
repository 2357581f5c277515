import { requestContext } from '../../gateway/request-context.ts';
import type { Database } from '../../policy/session/session-adapter.ts';

/** A user as far as detection wants one. */
export interface ObservedUser {
  readonly id: string;
  readonly email: string;
  readonly twoFactorEnabled?: boolean | null;
}

export interface ObservedDatabase {
  readonly database: Database;
  /** A user whom the request read already. */
  userOf(request: object, userId: string): ObservedUser | undefined;
}

/**
 * Sees what a request reads anyway: its users, and that the session is gone which it came with.
 *
 * @param onMissingSession called at each such reading
 */
export function observeDatabase(database: Database, onMissingSession: (token: string) => void): ObservedDatabase {
  const users = new WeakMap<object, Map<string, ObservedUser>>();

  function noteUser(user: ObservedUser): void {
    const request = requestContext();
    if (!request) return;
    const known = users.get(request) ?? new Map<string, ObservedUser>();
    users.set(request, known.set(user.id, user));
  }

  return {
    userOf: (request, userId) => users.get(request)?.get(userId),
    database: (options) => {
      const adapter = database(options);
      return {
        ...adapter,
        async findOne(query) {
          const found = await adapter.findOne(query);
          if (query.model === 'user' && found && !query.select) noteUser(found as ObservedUser);
          const { sessionToken } = requestContext() ?? {};
          const token = query.model === 'session' && query.where.find(({ field }) => field === 'token')?.value;
          if (!found && sessionToken !== undefined && token === sessionToken) onMissingSession(sessionToken);
          return found as never;
        },
      };
    },
  };
}
