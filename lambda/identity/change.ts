import { encodePart, type Item, idHintOf, type Key, keyText } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { childSortKey, claimKey, claimsOf, itemOf, locatesItself, parentPartition, referencesOf } from './placement.ts';
import { type Row, rowOf } from './row.ts';
import type { Insert, Unit } from './unit.ts';

/** Adds a row with its claims and references. `minted`: the id is the adapter's own, so no other row can have it. */
export async function insertRow(unit: Unit, layout: ModelLayout, row: Row, minted: boolean): Promise<Item> {
  const item = itemOf(layout, row);
  const claims = claimsOf(layout, row).map((claim) => ({ ...claim, duplicate: duplicateOf(layout, claim.fields) }));
  await unit.insert([{ item, duplicate: duplicateOf(layout, [layout.rowKey]) }, ...claims]);
  for (const reference of referencesOf(layout, row)) unit.renew(reference);
  if (!minted) for (const key of rivalPlaces(layout, row)) unit.checkAbsent(key, duplicateOf(layout, ['id']));
  return item;
}

/** Writes a row anew, and moves it, its claims and references to where its new values belong. */
export async function replaceRow(unit: Unit, layout: ModelLayout, old: Item, row: Row): Promise<Item> {
  const item = itemOf(layout, row, old);
  const moves = keyText(item) !== keyText(old);
  const before = belongings(layout, rowOf(layout, old));
  const after = belongings(layout, row);

  const inserts = [...after].filter(([text]) => !before.has(text)).map(([, insert]) => insert);
  if (moves) inserts.push({ item, duplicate: duplicateOf(layout, [layout.rowKey]) });
  await unit.insert(inserts);

  unit.replace(old, moves ? undefined : item);
  for (const [text, { item: had }] of before) {
    const has = after.get(text)?.item;
    if (JSON.stringify(had) === JSON.stringify(has)) continue;
    unit.release(had);
    // It stays with the row while the row's key or expiry changes.
    if (has) unit.renew(has);
  }
  return item;
}

export function eraseRow(unit: Unit, layout: ModelLayout, old: Item): void {
  unit.replace(old, undefined);
  for (const { item } of belongings(layout, rowOf(layout, old)).values()) unit.release(item);
}

function belongings(layout: ModelLayout, row: Row): Map<string, Insert> {
  const claims = claimsOf(layout, row).map(({ item, fields }) => ({ item, duplicate: duplicateOf(layout, fields) }));
  const references = referencesOf(layout, row).map((item) => ({ item, duplicate: duplicateOf(layout, ['id']) }));
  return new Map([...claims, ...references].map((each) => [keyText(each.item), each]));
}

/**
 * An id from outside may look like a minted one. Where a minted row or a claim with the same id would be, nothing may be, or
 * two rows could answer to one id.
 */
function rivalPlaces(layout: ModelLayout, row: Row): Key[] {
  if (!layout.parent) return [];
  if (locatesItself(layout, row, 'id')) return [claimKey(layout, ['id'], [row.id])];
  const hint = idHintOf(row.id);
  if (hint === undefined || layout.rowKey !== 'id') return [];
  return [{ pk: parentPartition(layout, hint), sk: childSortKey(layout.model, encodePart(row.id)) }];
}

const duplicateOf = (layout: ModelLayout, fields: readonly string[]): string =>
  `another '${layout.model}' has the same ${fields.join(' and ')}`;
