import { betterAuth } from 'better-auth/minimal';
import type { Database } from '../../../../lambda/policy/session/session-adapter.ts';
import type { SessionOptions } from '../../../../lambda/policy/session/session-options.ts';
import { sessionRules } from '../../../../lambda/policy/session/session-rules.ts';
import { sessionTokenPlugin } from '../../../../lambda/policy/session-token.ts';
import { authOptions } from '../../../support/identity.ts';

export interface Task {
  readonly endpoint: string;
  readonly sessions: SessionOptions;
  readonly userIds: readonly string[];
  /** Sign-ins of each user. */
  readonly tries: number;
}

/** Better Auth with nothing but the rules on sessions. */
export function authWithSessions(database: Database, sessions: SessionOptions) {
  const rules = sessionRules(database, sessions);
  const plugins = [sessionTokenPlugin(), rules.plugin, rules.confirmation];
  return betterAuth({ ...authOptions, database: rules.database, plugins });
}
