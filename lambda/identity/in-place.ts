import { isExpressible } from './condition.ts';
import { timeToLive } from './expiry.ts';
import { isMatch } from './find.ts';
import type { Guard } from './guard.ts';
import type { Item, Key } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import type { Outcome } from './outcome.ts';
import { type Lookup, plan } from './plan.ts';
import type { Reader } from './reader.ts';
import type { Change } from './requests.ts';
import { attributeOf, attributesOf, type Row, rowOf } from './row.ts';
import type { Where } from './where.ts';

/** Absolute values and signed deltas, by field. A counter that is absent or null counts as 0. */
export interface Update {
  readonly set: Row;
  readonly increment: Readonly<Record<string, number>>;
}

/**
 * The guard under which one UpdateItem makes the change; undefined when it takes more, because the row's key, claims or
 * references change too, or because DynamoDB cannot check the `where` and no row was read that it could be checked on.
 */
export function updateGuard(layout: ModelLayout, where: Where, update: Update, item?: Item): Guard | undefined {
  const fields = [...Object.keys(update.set), ...Object.keys(update.increment)];
  const placing = ['id', layout.rowKey, layout.parent?.field, ...layout.uniques.flat(), ...layout.refs];
  if (fields.some((field) => placing.includes(field))) return undefined;
  // Claims and references expire with their row.
  const ownsNothing = layout.expires !== undefined && fields.includes(layout.expires);
  if (ownsNothing && item?.owns !== undefined) return undefined;
  return guardOn(where, ownsNothing, item);
}

/** The guard under which one DeleteItem deletes the row; undefined when claims or references have to go with it. */
export const deleteGuard = (where: Where, item?: Item): Guard | undefined =>
  item?.owns === undefined ? guardOn(where, true, item) : undefined;

function guardOn(where: Where, ownsNothing: boolean, item: Item | undefined): Guard | undefined {
  if (isExpressible(where)) return { kind: 'where', where, ownsNothing };
  return item && { kind: 'revision', rev: item.rev };
}

/** The one place where a row that matches can be; undefined when there are several, or when only a claim knows it. */
function onlyPlace(layout: ModelLayout, where: Where): Extract<Lookup, { kind: 'row' }> | undefined {
  const [lookup, ...others] = plan(layout, where) ?? [];
  return lookup?.kind === 'row' && others.length === 0 ? lookup : undefined;
}

/** What a write answers that is tried at the only place; undefined when that, or its guard, cannot decide it. */
export async function atOnlyPlace(
  reader: Reader,
  layout: ModelLayout,
  where: Where,
  guard: Guard | undefined,
  write: (key: Key, guard: Guard) => Promise<Outcome>,
): Promise<Row | null | undefined> {
  const place = onlyPlace(layout, where);
  if (!place || !guard) return undefined;
  const outcome = await write(place.key, guard);
  if (outcome.done) return rowOf(layout, outcome.item);
  const decided = outcome.found ? !isMatch(reader, layout, where, outcome.found) : !place.otherwise;
  return decided ? null : undefined;
}

export const changeOf = (layout: ModelLayout, { set, increment }: Update): Change => ({
  set: {
    ...attributesOf(set),
    ...(layout.expires !== undefined && layout.expires in set && { ttl: timeToLive(layout, set) ?? null }),
  },
  increment: Object.fromEntries(Object.entries(increment).map(([field, delta]) => [attributeOf(field), delta])),
});

export function updatedRow(layout: ModelLayout, item: Item, { set, increment }: Update): Row {
  const row = rowOf(layout, item);
  const counted = Object.entries(increment).map(([field, delta]) => [field, Number(row[field] ?? 0) + delta]);
  return { ...row, ...Object.fromEntries(counted), ...set };
}
