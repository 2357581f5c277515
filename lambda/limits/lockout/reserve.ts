import { type CounterRow, type CounterRule, isForgotten, isLocked, newStamp, staleFailures } from './counter-row.ts';
import type { Changed, CounterChange, CounterStore } from './counter-store.ts';

/** A place among the failures of a counter, taken on arrival. */
export interface Reservation {
  readonly allowed: true;
  readonly key: string;
  readonly rule: CounterRule;
  readonly stamp: string;
  readonly at: number;
  /** All stamps of the row, this one among them. */
  readonly held: readonly string[];
  /** Time to live with this place, and without it; epoch seconds. */
  readonly timeToLive: number;
  readonly previousTimeToLive: number;
  /** With this one there are `max`: if it fails, the counter locks. */
  readonly last: boolean;
  readonly locks: number;
  readonly unlockedAt: number;
}

export interface Refusal {
  readonly allowed: false;
  readonly lockedAt: number;
  readonly unlockedAt: number;
}

/** Others may change a row between a look and a write; whoever loses so often is refused. */
const tries = 5;

/**
 * Takes a place for an attempt before its password is looked at, so that of any number of parallel attempts exactly `max` are
 * looked at. One UpdateItem; a second one where failures have become too old to count, or the whole row has.
 */
export async function reserve(
  store: CounterStore,
  key: string,
  rule: CounterRule,
  at: number,
  unlockedAt = 0,
): Promise<Reservation | Refusal> {
  const stamp = newStamp(at);
  const timeToLive = Math.ceil(at / 1000) + rule.resetAfter;
  const place = { stamp, timeToLive, at };
  let seen: CounterRow | undefined;
  for (let tried = 0; tried < tries; tried++) {
    const taken = await store.change(key, addFailure(place, rule));
    if (taken.done) return reservation(key, rule, place, taken.before);
    seen = taken.before;
    if (!seen) continue;
    if (isLocked(seen, at, unlockedAt)) break;
    const obsolete = isForgotten(seen, at) || seen.lockedUntil > at;
    const stale = staleFailures(seen, rule, at);
    if (obsolete) {
      const { done }: Changed = await store.change(key, startAgain(place, seen));
      if (done) return reservation(key, rule, place, undefined);
    } else if (stale.length > 0) {
      await store.change(key, removeFailures(stale));
    } else {
      break;
    }
  }
  return { allowed: false, lockedAt: seen?.lockedAt ?? 0, unlockedAt: seen?.unlockedAt ?? 0 };
}

interface Place {
  readonly stamp: string;
  readonly timeToLive: number;
  readonly at: number;
}

function reservation(key: string, rule: CounterRule, place: Place, before: CounterRow | undefined): Reservation {
  const others = before?.failures.filter((stamp) => stamp !== place.stamp) ?? [];
  const stale = before ? staleFailures(before, rule, place.at) : [];
  return {
    allowed: true,
    key,
    rule,
    ...place,
    held: [...others, place.stamp],
    previousTimeToLive: before?.timeToLive ?? Math.floor(place.at / 1000),
    last: others.length - stale.length + 1 >= rule.max,
    locks: before?.locks ?? 0,
    unlockedAt: before?.unlockedAt ?? 0,
  };
}

// The SDK repeats a request whose answer was lost: a stamp that is there already is not refused. What successes left is no history.
const addFailure = ({ stamp, timeToLive, at }: Place, { max }: CounterRule): CounterChange => ({
  update: 'ADD #failures :stamps SET #ttl = :ttl',
  condition: `contains(#failures, :stamp) OR (attribute_not_exists(#failures) AND attribute_not_exists(#locks))
    OR (#ttl > :seconds
    AND (attribute_not_exists(#lockedUntil) OR #lockedUntil <= :at)
    AND (attribute_not_exists(#failures) OR size(#failures) < :max))`,
  values: { ':stamps': [stamp], ':stamp': stamp, ':ttl': timeToLive, ':seconds': at / 1000, ':at': at, ':max': max },
});

const startAgain = ({ stamp, timeToLive }: Place, seen: CounterRow): CounterChange => ({
  update: 'SET #failures = :stamps, #ttl = :ttl REMOVE #lockedUntil, #lockedAt, #lockId, #locks, #unlockedAt',
  condition: `#ttl = :seen AND ${seen.lockId ? '#lockId = :lockId' : 'attribute_not_exists(#lockId)'}`,
  values: {
    ':stamps': [stamp],
    ':ttl': timeToLive,
    ':seen': seen.timeToLive,
    ...(seen.lockId && { ':lockId': seen.lockId }),
  },
});

const removeFailures = (stamps: readonly string[]): CounterChange => ({
  update: 'DELETE #failures :stamps',
  condition: 'attribute_exists(#failures)',
  values: { ':stamps': stamps },
});
