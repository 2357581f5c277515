import type { SessionPolicy } from './session-options.ts';
import type { SessionRow } from './session-row.ts';

/** Milliseconds by which the clocks of creation and expiry may differ: Better Auth reads them one after the other. */
const slack = 60_000;

const later = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);

/** When the session is over however much it is used. */
export const absoluteEnd = ({ createdAt }: SessionRow, { absoluteLifetime }: SessionPolicy): Date =>
  later(createdAt, absoluteLifetime);

/** When somebody was last seen to use it, as far as that is written down. */
export const lastSeen = ({ lastSeenAt, updatedAt }: SessionRow): Date => lastSeenAt ?? updatedAt;

/** When the session is over unless it is used. Better Auth grants some kinds a time of their own, whatever is usual. */
export const firstEnd = (session: SessionRow, policy: SessionPolicy): Date =>
  [later(session.createdAt, policy.expiresIn), absoluteEnd(session, policy)].reduce(earlier, session.expiresAt);

export function isOver(session: SessionRow, policy: SessionPolicy, now: Date): boolean {
  const { idleTimeout } = policy;
  return (
    session.expiresAt <= now ||
    absoluteEnd(session, policy) <= now ||
    (idleTimeout !== false && later(lastSeen(session), idleTimeout) <= now)
  );
}

/**
 * Whether use can make it last longer. A session that was created for less than the usual time (one not to be remembered, an
 * impersonation) lasts that long and no longer: Better Auth knows it only by a cookie that the client could leave out.
 */
export function isExtendable(session: SessionRow, policy: SessionPolicy): boolean {
  if (session.impersonatedBy) return false;
  const usual = Math.min(policy.expiresIn, policy.absoluteLifetime) * 1000;
  const granted = session.expiresAt.getTime() - session.createdAt.getTime();
  return granted >= usual - slack && session.expiresAt < absoluteEnd(session, policy);
}

/** The expiry that a session gets which asks for another one. */
export function grantedExpiry(session: SessionRow, wanted: Date, policy: SessionPolicy): Date {
  if (wanted <= session.expiresAt) return wanted;
  return isExtendable(session, policy) ? earlier(wanted, absoluteEnd(session, policy)) : session.expiresAt;
}

export const earlier = (one: Date, other: Date): Date => (one < other ? one : other);
