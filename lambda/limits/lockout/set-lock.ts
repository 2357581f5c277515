import { randomBytes } from 'node:crypto';
import type { CounterChange, CounterStore } from './counter-store.ts';
import type { Reservation } from './reserve.ts';

/** A lock that was just set. Times are milliseconds since the epoch. */
export interface SetLock {
  readonly key: string;
  readonly lockId: string;
  readonly until: number;
}

/**
 * Locks a counter whose last place failed; undefined if somebody else did meanwhile. The failures are cleared, since the lock
 * stands for them now: after it there are `max` tries again.
 */
export async function setLock(store: CounterStore, reservation: Reservation): Promise<SetLock | undefined> {
  const { key, rule, at, locks } = reservation;
  const seconds = Math.min(rule.duration * 2 ** locks, rule.maxDuration);
  const lock = { key, lockId: randomBytes(12).toString('base64url'), until: at + seconds * 1000 };
  const { done } = await store.change(key, lockWith(lock, reservation));
  return done ? lock : undefined;
}

const lockWith = ({ lockId, until }: SetLock, { stamp, at, rule, locks }: Reservation): CounterChange => ({
  update: `SET #lockedUntil = :until, #lockedAt = :at, #lockId = :lockId, #locks = :locks, #ttl = :ttl
    REMOVE #failures`,
  // The SDK repeats a request whose answer was lost: its own lock is no one else's.
  condition:
    '#lockId = :lockId OR (contains(#failures, :stamp) AND (attribute_not_exists(#lockedUntil) OR #lockedUntil <= :at))',
  values: {
    ':until': until,
    ':at': at,
    ':lockId': lockId,
    ':locks': locks + 1,
    ':ttl': Math.ceil(Math.max(until, at + rule.resetAfter * 1000) / 1000),
    ':stamp': stamp,
  },
});
