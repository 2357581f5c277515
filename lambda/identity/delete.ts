import { eraseRow } from './change.ts';
import { deleteLeftovers, eraseChildren } from './children.ts';
import { AnswerLost } from './errors.ts';
import { find, isMatch } from './find.ts';
import type { Guard } from './guard.ts';
import { atOnlyPlace, deleteGuard } from './in-place.ts';
import type { Item } from './keys.ts';
import { hasChildren, type ModelLayout } from './layout.ts';
import { inParallel } from './parallel.ts';
import { type Row, rowOf } from './row.ts';
import { atomically, currentOf, readerOf, type Scope } from './scope.ts';
import type { Where } from './where.ts';

/** Deletes all rows that match, and counts those that were there to delete. */
export async function deleteMany(scope: Scope, layout: ModelLayout, where: Where): Promise<number> {
  const direct = await deleteAtPlace(scope, layout, where).catch(takenAsDone);
  if (direct !== undefined && direct !== lost) return direct ? 1 : 0;
  const items = await find(readerOf(scope), layout, where);
  const deleted = await inParallel(items, (item) => deleteFound(scope, layout, where, item).catch(takenAsDone));
  const count = deleted.filter((row) => row !== null).length;
  if (count === 0 && hasChildren(scope.layouts, layout)) await deleteLeftovers(scope, layout, where);
  return direct === lost ? Math.max(1, count) : count;
}

/**
 * Deletes one row that matches and answers it; of several rivals for a row exactly one gets it.
 *
 * @throws IdentityStoreError STORE_UNAVAILABLE when the row is gone but the answer was lost: nobody may take it for theirs
 */
export async function consumeOne(scope: Scope, layout: ModelLayout, where: Where): Promise<Row | null> {
  const direct = await deleteAtPlace(scope, layout, where);
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
const deleteAtPlace = (scope: Scope, layout: ModelLayout, where: Where): Promise<Row | null | undefined> =>
  atOnlyPlace(scope.store, layout, where, guardFor(scope, layout, where), (key, guard) =>
    scope.store.delete(key, guard),
  );

/** The guard under which one DeleteItem does it all; undefined when it cannot. */
const guardFor = (scope: Scope, layout: ModelLayout, where: Where, item?: Item): Guard | undefined =>
  scope.unit || hasChildren(scope.layouts, layout) ? undefined : deleteGuard(where, item);

const lost = 'answer lost';

/** What was to be deleted is gone: unlike a consumer, a plain delete need not know who did it. */
function takenAsDone(error: unknown): typeof lost {
  if (error instanceof AnswerLost) return lost;
  throw error;
}

async function deleteFound(scope: Scope, layout: ModelLayout, where: Where, item: Item): Promise<Row | null> {
  const guard = guardFor(scope, layout, where, item);
  const outcome = guard && (await scope.store.delete(item, guard));
  if (outcome?.done) return rowOf(layout, outcome.item);
  if (outcome && !outcome.found) return null;
  return atomically(scope, async (unit) => {
    const current = await currentOf(scope, unit, item);
    if (!isMatch(unit, layout, where, current)) return null;
    eraseRow(unit, layout, current);
    if (hasChildren(scope.layouts, layout)) await eraseChildren(scope, unit, layout, current);
    return rowOf(layout, current);
  });
}
