import { APIError } from 'better-auth/api';
import { isOver, lastSeen } from './lifetime.ts';
import type { SessionPolicy } from './session-options.ts';
import type { SessionRow } from './session-row.ts';

/** Seconds that a session lasts which awaits its second factor. */
export const provisionalLifetime = 60;

/** Nobody has its token yet, and unless it is admitted nobody ever will. */
export const isProvisional = ({ createdAt, expiresAt }: SessionRow): boolean =>
  expiresAt.getTime() - createdAt.getTime() <= provisionalLifetime * 1000;

/** An administrator who acts in a user's name must not push out the user's own sessions. */
const counts = (session: SessionRow): boolean => !session.impersonatedBy && !isProvisional(session);

/**
 * Which sessions have to end for another one to begin.
 *
 * @param replaced token of the session that the request itself came with: the new one takes its place
 * @throws APIError TOO_MANY_SESSIONS when the policy would rather refuse
 */
export function sessionsToEnd(
  sessions: readonly SessionRow[],
  policy: SessionPolicy,
  now: Date,
  replaced?: string,
): readonly SessionRow[] {
  if (policy.maxPerUser === false) return [];
  const live = sessions.filter((session) => counts(session) && !isOver(session, policy, now));
  const excess = live.length - (policy.maxPerUser - 1);
  if (excess <= 0) return [];
  const yielding = live
    .filter(({ token }) => policy.whenFull === 'end-oldest' || token === replaced)
    .sort((a, b) => order(a, replaced) - order(b, replaced))
    .slice(0, excess);
  if (yielding.length < excess) throw tooMany(policy.maxPerUser);
  return yielding;
}

/** The one that is replaced first, then by when they were last seen. */
const order = (session: SessionRow, replaced: string | undefined): number =>
  session.token === replaced ? 0 : lastSeen(session).getTime();

const tooMany = (max: number) =>
  APIError.from('FORBIDDEN', {
    code: 'TOO_MANY_SESSIONS',
    message: `You are signed in ${max} times already. Sign out somewhere first.`,
  });
