import { rotationWaits } from '../contract/signing.ts';
import type { SigningKeyConfig } from './signing-key-config.ts';
import type { LockedKey, LockState } from './signing-key-lock.ts';

/** In seconds. */
export interface RotationWaits {
  /** From publishing a key to its first signature. */
  readonly publish: number;
  /** From a key's retirement to its withdrawal. */
  readonly drop: number;
}

export interface RotationCheck {
  /** What shall be deployed. */
  readonly keys: readonly Pick<SigningKeyConfig, 'id' | 'algorithm' | 'state'>[];
  /** What the lock file says about them. */
  readonly lock: readonly LockedKey[];
  /** @default - `rotationWaits` of contract/signing.ts */
  readonly waits?: Partial<RotationWaits>;
  readonly now: Date;
}

/** Clocks of the machine that wrote the lock file and of the one that reads it may differ by this much, in milliseconds. */
const clockTolerance = 5 * 60 * 1000;

/**
 * Why a list of signing keys must not be deployed after what the lock file has on record, each problem in words that name the key,
 * and the time from which a step is allowed; none when the two agree and every step has waited.
 */
export function rotationProblems({ keys, lock, waits, now }: RotationCheck): string[] {
  const allWaits = { ...rotationWaits, ...waits };
  const present = lock.filter(({ state }) => state !== 'dropped');
  return [
    ...keys.flatMap((key) => configuredProblems(key, lock, allWaits, now)),
    ...present
      .filter(({ id }) => !keys.some((key) => key.id === id))
      .flatMap((key) => missingProblems(key, allWaits, now)),
    ...orderProblems(keys, present),
    ...lock.flatMap((key) => recordProblems(key, lock, allWaits, now)),
  ];
}

/** From when a `next` key may sign; undefined when it may not be said, since it was never published. */
export const activeFrom = ({ since }: LockedKey, { publish }: RotationWaits): Date | undefined =>
  since.next === undefined ? undefined : new Date(Date.parse(since.next) + publish * 1000);

/** From when a retiring key may be dropped. */
export const droppedFrom = ({ since }: LockedKey, { drop }: RotationWaits): Date | undefined =>
  since.retiring === undefined ? undefined : new Date(Date.parse(since.retiring) + drop * 1000);

function configuredProblems(
  { id, algorithm, state }: RotationCheck['keys'][number],
  lock: readonly LockedKey[],
  waits: RotationWaits,
  now: Date,
): string[] {
  const locked = lock.find((key) => key.id === id);
  if (!locked) return [`key '${id}' is not in the lock file; add keys with 'npm run keys -- add'`];
  if (locked.state === 'dropped') {
    return [`key '${id}' was dropped at ${locked.since.dropped}; an id is never used again, add a key with a new one`];
  }
  if (locked.algorithm !== algorithm) {
    return [
      `key '${id}' changed its algorithm in place, from ${locked.algorithm} to ${algorithm}; add a key with a new id instead`,
    ];
  }
  if (locked.state === state) return [];
  if (state === 'active' && locked.state === 'next') {
    const from = activeFrom(locked, waits)!;
    if (from > now)
      return [`key '${id}' may be active from ${from.toISOString()} on; it was published at ${locked.since.next}`];
  }
  return [
    `key '${id}' is '${state}' in the configuration and '${locked.state}' in the lock file; change both with 'npm run keys'`,
  ];
}

function missingProblems(key: LockedKey, waits: RotationWaits, now: Date): string[] {
  const { id, state } = key;
  if (state === 'active') {
    return [`key '${id}' is active in the lock file and missing in the configuration; retire it before it is dropped`];
  }
  const from = state === 'retiring' ? droppedFrom(key, waits) : undefined;
  return [
    from && from > now
      ? `key '${id}' may be dropped from ${from.toISOString()} on; it is retiring since ${key.since.retiring}`
      : `key '${id}' is missing in the configuration and '${state}' in the lock file; run 'npm run keys -- drop ${id}'`,
  ];
}

/** The first active key is the default, so that another order can be another algorithm for everyone. */
function orderProblems(keys: RotationCheck['keys'], present: readonly LockedKey[]): string[] {
  const order = (list: readonly { id: string }[], other: readonly { id: string }[]) =>
    list.map(({ id }) => id).filter((id) => other.some((key) => key.id === id));
  const [ours, recorded] = [order(keys, present), order(present, keys)];
  return ours.join() === recorded.join()
    ? []
    : [`the keys are in the order '${ours.join("', '")}'; the lock file has '${recorded.join("', '")}'`];
}

/**
 * Whether the record itself tells of a step that came too early; whoever edits both files by hand is caught here. Only while the wait
 * still runs: afterwards the step is allowed anyway, and a wait that was raised must not condemn steps that kept to the old one.
 */
function recordProblems(key: LockedKey, lock: readonly LockedKey[], waits: RotationWaits, now: Date): string[] {
  const { id, since, emergency } = key;
  const late = Object.entries(since).filter(([, time]) => time && Date.parse(time) > now.getTime() + clockTolerance);
  if (late.length > 0) {
    const [[step, time]] = late as [[LockState, string]];
    return [`key '${id}' has '${step}' at ${time} in the lock file, which is in the future`];
  }
  const problems: string[] = [];
  if (since.active && !emergency?.active) {
    const from = activeFrom(key, waits);
    if (!from && Date.parse(since.active) !== firstTime(lock)) {
      problems.push(
        `key '${id}' became active at ${since.active} without being published before; only the first keys may`,
      );
    }
    if (from && from > now && Date.parse(since.active) < from.getTime()) {
      problems.push(`key '${id}' became active at ${since.active}; allowed is from ${from.toISOString()} on`);
    }
  }
  if (since.dropped && since.active && !emergency?.dropped) {
    const from = droppedFrom(key, waits);
    if (!from) problems.push(`key '${id}' was dropped at ${since.dropped}; it was never retired`);
    if (from && from > now && Date.parse(since.dropped) < from.getTime()) {
      problems.push(`key '${id}' was dropped at ${since.dropped}; allowed is from ${from.toISOString()} on`);
    }
  }
  return problems;
}

/** When the first keys were put on record, in epoch milliseconds: verifiers knew none before. */
const firstTime = (lock: readonly LockedKey[]): number =>
  Math.min(
    ...lock
      .flatMap(({ since }) => Object.values(since))
      .filter((time) => time !== undefined)
      .map((time) => Date.parse(time)),
  );
