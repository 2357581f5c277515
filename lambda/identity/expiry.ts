import type { Item } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import type { Row } from './row.ts';

/**
 * Seconds that an expired row stays visible. The clocks of two instances differ a little, and Better Auth, which checks
 * `expiresAt` itself, can still answer "expired" rather than "unknown" to whoever is just too late. Afterwards the row is
 * absent for every read and every condition, whenever DynamoDB gets round to deleting it.
 */
const leeway = 10;

/** Epoch seconds: an item with a `ttl` up to here is absent. */
export const cutoff = (now: Date): number => Math.floor(now.getTime() / 1000) - leeway;

export const isAlive = (item: Item | undefined, now: Date): item is Item =>
  item !== undefined && (item.ttl === undefined || item.ttl > cutoff(now));

/** The `ttl` of a row, in epoch seconds rounded up; undefined when the row does not expire. */
export function timeToLive(layout: ModelLayout, row: Row): number | undefined {
  const value = layout.expires && row[layout.expires];
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.ceil(time / 1000);
}
