import { setShouldSkipSessionRefresh } from 'better-auth/api';
import type { BetterAuthOptions, DBAdapter } from 'better-auth/types';
import type { Transaction } from './admission.ts';
import { grantedExpiry, isExtendable, isOver } from './lifetime.ts';
import type { SessionPolicy } from './session-options.ts';
import type { SessionRow } from './session-row.ts';

export type Database = (options: BetterAuthOptions) => DBAdapter;

export interface SessionHooks {
  readonly policy: SessionPolicy;
  readonly now: () => Date;
  /** Stores a new session. */
  create(data: SessionRow, transaction?: Transaction): Promise<SessionRow>;
  /** Called with a user who was read. */
  noteUser(user: { readonly id: string; readonly sessionsBegun?: number | null }): void;
  /** Called with a session that is being read and is not over; answers whether this request may have it. */
  use(session: SessionRow): Promise<boolean>;
}

/**
 * A database whose sessions keep the rules. Every reader and writer passes here, plugins included; of Better Auth's hooks some only.
 */
export function withSessionRules<T extends Transaction>(adapter: T, rules: SessionHooks, transaction?: Transaction): T {
  const { policy, now } = rules;
  const ruled: Partial<DBAdapter> = {
    findOne: async (query) => {
      if (query.model === 'user') {
        const user = await adapter.findOne<{ id: string }>(query);
        if (user && !query.select) rules.noteUser(user);
        return user as never;
      }
      if (query.model !== 'session') return adapter.findOne(query);
      const session = await adapter.findOne<SessionRow>({ ...query, select: undefined });
      if (!session || isOver(session, policy, now()) || !(await rules.use(session))) return null;
      // Better Auth would try to extend it with every request. Outside of one there is nothing to tell, and nothing is extended.
      if (!isExtendable(session, policy)) await setShouldSkipSessionRefresh(true).catch(() => {});
      return session as never;
    },
    findMany: async (query) => {
      if (query.model !== 'session') return adapter.findMany(query);
      const sessions = await adapter.findMany<SessionRow>({ ...query, select: undefined });
      return sessions.filter((session) => !isOver(session, policy, now())) as never[];
    },
    create: async (input) => {
      if (input.model !== 'session') return adapter.create(input);
      return (await rules.create(input.data as unknown as SessionRow, transaction)) as never;
    },
    update: async (input) => {
      const wanted: unknown = input.update.expiresAt;
      if (input.model !== 'session' || !(wanted instanceof Date)) return adapter.update(input);
      const session = await adapter.findOne<SessionRow>({ model: 'session', where: input.where });
      if (!session) return null;
      const expiresAt = grantedExpiry(session, wanted, policy);
      return adapter.update({ ...input, update: { ...input.update, expiresAt } });
    },
  };
  return { ...adapter, ...ruled };
}
