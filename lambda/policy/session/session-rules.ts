import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { deleteSessionCookie } from 'better-auth/cookies';
import type { DBAdapter } from 'better-auth/types';
import { requestContext } from '../../gateway/request-context.ts';
import { type Admission, Admissions, type Transaction } from './admission.ts';
import { Arrivals } from './arrivals.ts';
import { type Database, withSessionRules } from './session-adapter.ts';
import { type SessionOptions, sessionPolicy } from './session-options.ts';
import type { SessionRow } from './session-row.ts';
import { useSession } from './use-session.ts';

export interface SessionRules {
  /** The database, with sessions that keep the rules. */
  readonly database: Database;
  /** Behind what makes the token, and before whatever reads the user of a new session. */
  readonly plugin: BetterAuthPlugin;
  /** Behind the second factor, whose sessions it confirms. */
  readonly confirmation: BetterAuthPlugin;
}

/** Lifetime, idle timeout, cap, last use and binding of sessions. */
export function sessionRules(
  database: Database,
  options: SessionOptions | undefined,
  now: () => Date = () => new Date(),
): SessionRules {
  const policy = sessionPolicy(options);
  const admissions = new Admissions(policy, now);
  const arrivals = new Arrivals((admission, session) =>
    adapter.transaction((transaction) => admissions.store(transaction, admission, session)),
  );
  const provisional = new WeakMap<object, SessionRow>();
  let adapter: DBAdapter;

  async function create(data: SessionRow, running?: Transaction): Promise<SessionRow> {
    if (data.impersonatedBy) {
      const store = (transaction: Transaction) => admissions.storeImpersonation(transaction, data);
      return running ? store(running) : adapter.transaction(store);
    }
    const { admission = { userId: data.userId, challenges: false }, begun } = arrivals.find(data.token) ?? {};
    const store = (transaction: Transaction) => admissions.store(transaction, admission, async () => data);
    // What has begun by itself is of no use within another transaction, and never ends.
    if (!running) begun?.arrive(data);
    const stored = running ? store(running) : (begun?.stored ?? adapter.transaction(store));
    const { session, provisional: isProvisional } = await stored;
    const request = requestContext();
    if (request && isProvisional) provisional.set(request, session);
    return session;
  }

  const confirm = createAuthMiddleware(async (ctx) => {
    const request = requestContext()!;
    const session = provisional.get(request)!;
    if (ctx.context.newSession?.session.token !== session.token) return;
    provisional.delete(request);
    await adapter
      .transaction((transaction) => admissions.confirm(transaction, session))
      .catch(async (error: unknown) => {
        deleteSessionCookie(ctx);
        ctx.context.setNewSession(null);
        // A header may carry it already.
        await adapter.delete({ model: 'session', where: [{ field: 'token', value: session.token }] });
        throw error;
      });
  });

  const rules = {
    policy,
    now,
    create,
    noteUser: arrivals.noteUser.bind(arrivals),
    use: (session: SessionRow) => useSession(adapter, policy, session, now()),
  };
  return {
    database(betterAuthOptions) {
      adapter = database(betterAuthOptions);
      const transaction: DBAdapter['transaction'] = (callback) =>
        adapter.transaction((running) => callback(withSessionRules(running, rules, running)));
      return withSessionRules({ ...adapter, transaction }, rules);
    },
    plugin: {
      id: 'gatehouse-sessions',
      schema: {
        session: { fields: { lastSeenAt: { type: 'date', required: false, input: false } } },
        user: { fields: { sessionsBegun: { type: 'number', required: false, input: false, returned: false } } },
      },
      init: () => ({
        options: {
          databaseHooks: {
            session: {
              create: {
                before: async (session, endpoint) => {
                  if (!endpoint || session.impersonatedBy) return;
                  arrivals.expect(session.token, admissionOf(session, endpoint), endpoint.path.startsWith('/sign-in/'));
                },
              },
            },
          },
        },
      }),
    },
    confirmation: {
      id: 'gatehouse-session-confirmation',
      hooks: { after: [{ matcher: () => provisional.has(requestContext() ?? {}), handler: confirm }] },
    },
  };
}

function admissionOf(
  { userId }: { readonly userId: string },
  { path, context: { session } }: { readonly path: string; readonly context: { readonly session: unknown } },
): Admission {
  const current = session as { readonly session: SessionRow } | null;
  const replaced = current?.session.userId === userId ? current.session.token : undefined;
  // There the second factor has just been shown.
  return { userId, replaced, challenges: !path.startsWith('/two-factor/') };
}
