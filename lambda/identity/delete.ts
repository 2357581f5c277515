import { eraseRow } from './change.ts';
import { find, isMatch } from './find.ts';
import { deleteGuard, onlyPlace } from './in-place.ts';
import { type Item, keyOf } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { inParallel } from './parallel.ts';
import { type Row, rowOf } from './row.ts';
import { atomically, readerOf, type Scope } from './scope.ts';
import type { Where } from './where.ts';

/** Deletes all rows that match, and counts those that were there to delete. */
export async function deleteMany(scope: Scope, layout: ModelLayout, where: Where): Promise<number> {
  const direct = scope.unit ? undefined : await deleteAtPlace(scope, layout, where);
  if (direct !== undefined) return direct ? 1 : 0;
  const items = await find(readerOf(scope), layout, where);
  const deleted = await inParallel(items, (item) => deleteFound(scope, layout, where, item));
  return deleted.filter((row) => row !== null).length;
}

/** Deletes one row that matches and answers it; of several rivals for a row exactly one gets it. */
export async function consumeOne(scope: Scope, layout: ModelLayout, where: Where): Promise<Row | null> {
  const direct = scope.unit ? undefined : await deleteAtPlace(scope, layout, where);
  if (direct !== undefined) return direct;
  for (;;) {
    const items = await find(readerOf(scope), layout, where);
    if (items.length === 0) return null;
    for (const item of items) {
      const row = await deleteFound(scope, layout, where, item);
      if (row) return row;
    }
  }
}

/** With one conditional DeleteItem; undefined when that cannot decide it. */
async function deleteAtPlace({ store }: Scope, layout: ModelLayout, where: Where): Promise<Row | null | undefined> {
  const place = onlyPlace(layout, where);
  const guard = deleteGuard(where);
  if (!place || !guard) return undefined;
  const outcome = await store.delete(place.key, guard);
  if (outcome.done) return rowOf(layout, outcome.item);
  if (outcome.found ? !isMatch(store, layout, where, outcome.found) : !place.otherwise) return null;
  return undefined;
}

async function deleteFound(scope: Scope, layout: ModelLayout, where: Where, item: Item): Promise<Row | null> {
  const guard = scope.unit ? undefined : deleteGuard(where, item);
  const outcome = guard && (await scope.store.delete(item, guard));
  if (outcome?.done) return rowOf(layout, outcome.item);
  if (outcome && !outcome.found) return null;
  return atomically(scope, async (unit) => {
    const [current] = await unit.get([keyOf(item)]);
    if (!isMatch(unit, layout, where, current)) return null;
    eraseRow(unit, layout, current);
    return rowOf(layout, current);
  });
}
