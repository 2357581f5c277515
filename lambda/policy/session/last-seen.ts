import type { DBAdapter } from 'better-auth/types';
import { lastSeen } from './lifetime.ts';
import type { SessionPolicy } from './session-options.ts';
import type { SessionRow } from './session-row.ts';

/** Seconds between two writes of a session's last use. */
const usualInterval = 15 * 60;

/** An idle timeout wants a finer clock: a session must not end early by more than a sixth. */
export const seenInterval = ({ idleTimeout }: SessionPolicy): number =>
  idleTimeout === false ? usualInterval : Math.min(usualInterval, Math.floor(idleTimeout / 6));

export const isSeenDue = (session: SessionRow, policy: SessionPolicy, now: Date): boolean =>
  now.getTime() - lastSeen(session).getTime() >= seenInterval(policy) * 1000;

/** Of parallel requests one writes. A session that is gone meanwhile stays gone. */
export async function writeLastSeen(adapter: DBAdapter, session: SessionRow, now: Date): Promise<void> {
  await adapter.update({
    model: 'session',
    where: [
      { field: 'token', value: session.token },
      { field: 'lastSeenAt', value: session.lastSeenAt ?? null },
    ],
    update: { lastSeenAt: now },
  });
}
