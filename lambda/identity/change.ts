import { encodePart, hintOf, type Item, idHintOf, type Key, keyText } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import {
  childSortKey,
  claimKey,
  claimsOf,
  itemOf,
  locatesItself,
  needsParent,
  parentKeyOf,
  parentPartition,
  referencesOf,
} from './placement.ts';
import { type Row, rowOf } from './row.ts';
import type { Insert, Unit } from './unit.ts';

/** Adds a row with its claims and references. `minted`: the id is the adapter's own, so no other row can have it. */
export async function insertRow(unit: Unit, layout: ModelLayout, row: Row, minted: boolean): Promise<Item> {
  const item = itemOf(layout, row);
  if (needsParent(layout, item)) checkParent(unit, layout, row);
  checkRivals(unit, layout, row, minted ? ['id'] : []);
  const claims = claimsOf(layout, row).map((claim) => ({ ...claim, duplicate: duplicateOf(layout, claim.fields) }));
  await unit.insert([{ item, duplicate: duplicateOf(layout, [layout.rowKey]) }, ...claims]);
  for (const reference of referencesOf(layout, row))
    unit.renew({ item: reference, duplicate: duplicateOf(layout, ['id']) });
  return item;
}

/** Writes a row anew, and moves it, its claims and references to where its new values belong. */
export async function replaceRow(unit: Unit, layout: ModelLayout, old: Item, row: Row): Promise<Item> {
  const item = itemOf(layout, row, old);
  const moves = keyText(item) !== keyText(old);
  const oldRow = rowOf(layout, old);
  const before = belongings(layout, oldRow);
  const after = belongings(layout, row);
  // Otherwise the schema has changed since the row was written, and what it should have may be missing or another's.
  const complete = (old.owns ?? 0) === before.size;

  if (needsParent(layout, item) && item.pk !== old.pk) checkParent(unit, layout, row);
  const same = ['id', layout.rowKey].filter((field) => row[field] === oldRow[field]);
  checkRivals(unit, layout, row, same);
  const inserts = [...after].filter(([text]) => !before.has(text)).map(([, insert]) => insert);
  if (moves) inserts.push({ item, duplicate: duplicateOf(layout, [layout.rowKey]) });
  await unit.insert(inserts);

  unit.replace(old, moves ? undefined : item);
  for (const [text, { item: had }] of before) {
    const has = after.get(text);
    if (!has) unit.release(had);
    // It stays with the row while the row's key or expiry changes.
    else if (!complete || JSON.stringify(had) !== JSON.stringify(has.item)) unit.renew(has, had);
  }
  return item;
}

/** Deletes a row with its claims and references, ahead of the rest of a transaction that is too large, if it may. */
export function eraseRow(unit: Unit, layout: ModelLayout, old: Item, mayGoAhead?: boolean): void {
  unit.replace(old, undefined, mayGoAhead);
  for (const { item } of belongings(layout, rowOf(layout, old)).values()) unit.release(item, mayGoAhead);
}

function belongings(layout: ModelLayout, row: Row): Map<string, Insert> {
  const claims = claimsOf(layout, row).map(({ item, fields }) => ({ item, duplicate: duplicateOf(layout, fields) }));
  const references = referencesOf(layout, row).map((item) => ({ item, duplicate: duplicateOf(layout, ['id']) }));
  return new Map([...claims, ...references].map((each) => [keyText(each.item), each]));
}

function checkParent(unit: Unit, layout: ModelLayout, row: Row): void {
  const key = parentKeyOf(layout, row);
  if (key) unit.check('present', key, `no '${layout.parent?.model}' exists for this '${layout.model}'`);
}

/** Two rows could answer to one id or row key if something were where it points. `sure` fields need no check. */
function checkRivals(unit: Unit, layout: ModelLayout, row: Row, sure: readonly string[]): void {
  const fields = new Set(['id', layout.rowKey].filter((field) => !sure.includes(field)));
  for (const field of fields) {
    const key = rivalPlace(layout, row, field);
    if (key) unit.check('absent', key, duplicateOf(layout, [field]));
  }
}

/** An id or a token from outside may look like one that says where its row is: there no other may be, nor another's claim. */
function rivalPlace(layout: ModelLayout, row: Row, field: string): Key | undefined {
  if (!layout.parent) return undefined;
  // A token that tells the truth is found there before any claim is asked.
  if (locatesItself(layout, row, field)) return field === 'id' ? claimKey(layout, ['id'], [row.id]) : undefined;
  if (field !== layout.rowKey) return undefined;
  const hint = field === 'id' ? idHintOf(row.id) : hintOf(row[field]);
  if (hint === undefined) return undefined;
  const pk = parentPartition(layout, field === 'id' ? hint : encodePart(hint));
  return { pk, sk: childSortKey(layout.model, encodePart(row[field])) };
}

const duplicateOf = (layout: ModelLayout, fields: readonly string[]): string =>
  `another '${layout.model}' has the same ${fields.join(' and ')}`;
