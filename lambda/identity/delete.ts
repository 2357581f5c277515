import { eraseRow } from './change.ts';
import { AnswerLost } from './errors.ts';
import { find, isMatch } from './find.ts';
import { atOnlyPlace, deleteGuard } from './in-place.ts';
import { type Item, keyOf } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { inParallel } from './parallel.ts';
import { type Row, rowOf } from './row.ts';
import { atomically, readerOf, type Scope } from './scope.ts';
import type { Where } from './where.ts';

/** Deletes all rows that match, and counts those that were there to delete. */
export async function deleteMany(scope: Scope, layout: ModelLayout, where: Where): Promise<number> {
  const direct = scope.unit ? undefined : await deleteAtPlace(scope, layout, where).catch(takenAsDone);
  if (direct !== undefined && direct !== lost) return direct ? 1 : 0;
  const items = await find(readerOf(scope), layout, where);
  const deleted = await inParallel(items, (item) => deleteFound(scope, layout, where, item).catch(takenAsDone));
  const count = deleted.filter((row) => row !== null).length;
  return direct === lost ? Math.max(1, count) : count;
}

/**
 * Deletes one row that matches and answers it; of several rivals for a row exactly one gets it.
 *
 * @throws IdentityStoreError STORE_UNAVAILABLE when the row is gone but the answer was lost: nobody may take it for theirs
 */
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
const deleteAtPlace = ({ store }: Scope, layout: ModelLayout, where: Where): Promise<Row | null | undefined> =>
  atOnlyPlace(store, layout, where, deleteGuard(where), (key, guard) => store.delete(key, guard));

const lost = 'answer lost';

/** What was to be deleted is gone: unlike a consumer, a plain delete need not know who did it. */
function takenAsDone(error: unknown): typeof lost {
  if (error instanceof AnswerLost) return lost;
  throw error;
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
