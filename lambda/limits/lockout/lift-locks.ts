import type { CounterChange, CounterStore } from './counter-store.ts';

/** Lifts one lock, if it still stands; the next one holds twice as long all the same. False when there is no such lock. */
export async function liftLock(store: CounterStore, key: string, lockId: string, at: number): Promise<boolean> {
  const { done } = await store.change(key, lift(lockId, at));
  return done;
}

/**
 * Lifts an account's lock and all locks of its sources and devices, which are not known by name: whoever meets one compares its time
 * with this one.
 * @param keepFor seconds that this must be known for, the longest that a lock holds
 */
export async function liftAllLocks(store: CounterStore, key: string, at: number, keepFor: number): Promise<void> {
  await store.change(key, liftAll(at, keepFor));
}

const lift = (lockId: string, at: number): CounterChange => ({
  update: 'REMOVE #lockedUntil, #lockedAt, #lockId',
  condition: '#lockId = :lockId AND #lockedUntil > :at',
  values: { ':lockId': lockId, ':at': at },
});

const liftAll = (at: number, keepFor: number): CounterChange => ({
  update: `SET #unlockedAt = :at, #ttl = :ttl REMOVE #failures, #lockedUntil, #lockedAt, #lockId, #locks`,
  condition: 'attribute_not_exists(#unlockedAt) OR #unlockedAt <= :at',
  values: { ':at': at, ':ttl': Math.ceil(at / 1000) + keepFor },
});
