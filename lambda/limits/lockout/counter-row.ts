import { randomBytes } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { rateLimitTableKeys } from '../../../contract/tables.ts';

/** How failures of one key add up to a lock. Durations are in seconds. */
export interface CounterRule {
  readonly max: number;
  readonly window: number;
  readonly duration: number;
  readonly maxDuration: number;
  readonly resetAfter: number;
}

/** The row of a counter, as read; times are milliseconds since the epoch. */
export interface CounterRow {
  /** A stamp for each failure or attempt in hand, see `newStamp`. */
  readonly failures: readonly string[];
  /** Also when the lock is over. */
  readonly lockedUntil: number;
  /** When the attempt arrived that was one too many. */
  readonly lockedAt: number;
  readonly lockId: string | undefined;
  /** How many locks there were without a reset in between. */
  readonly locks: number;
  /** On an account's row: locks of its sources and devices from before are lifted. */
  readonly unlockedAt: number;
  /** Epoch seconds. From then on the row counts as absent: time to live deletes late. */
  readonly timeToLive: number;
}

/** What expressions call the attributes. */
export const attributeNames: Readonly<Record<string, string>> = {
  '#failures': 'failures',
  '#lockedUntil': 'lockedUntil',
  '#lockedAt': 'lockedAt',
  '#lockId': 'lockId',
  '#locks': 'locks',
  '#unlockedAt': 'unlockedAt',
  '#ttl': rateLimitTableKeys.timeToLive,
};

export function readRow(item: Record<string, AttributeValue>): CounterRow {
  const number = (name: string) => Number(item[name]?.N ?? 0);
  return {
    failures: item.failures?.SS ?? [],
    lockedUntil: number('lockedUntil'),
    lockedAt: number('lockedAt'),
    lockId: item.lockId?.S,
    locks: number('locks'),
    unlockedAt: number('unlockedAt'),
    timeToLive: number(rateLimitTableKeys.timeToLive),
  };
}

/** A failure is kept as its time with something random: two of one millisecond are two, and the same one repeated is one. */
export const newStamp = (at: number): string => `${at.toString(36)}.${randomBytes(6).toString('base64url')}`;

const timeOf = (stamp: string): number => Number.parseInt(stamp, 36);

/** The failures that no longer count. */
export const staleFailures = ({ failures }: CounterRow, { window }: CounterRule, at: number): readonly string[] =>
  failures.filter((stamp) => timeOf(stamp) <= at - window * 1000);

/** How many of some stamps are at most so many seconds old. */
export const countWithin = (stamps: readonly string[], seconds: number, at: number): number =>
  stamps.filter((stamp) => timeOf(stamp) > at - seconds * 1000).length;

export const isForgotten = ({ timeToLive }: CounterRow, at: number): boolean => timeToLive <= at / 1000;

/** @param unlockedAt when an administrator lifted the account's locks, 0 if never */
export const isLocked = ({ lockedUntil, lockedAt }: CounterRow, at: number, unlockedAt = 0): boolean =>
  lockedUntil > at && lockedAt > unlockedAt;
