import { replaceRow } from './change.ts';
import { find, isMatch } from './find.ts';
import type { Guard } from './guard.ts';
import { atOnlyPlace, changeOf, type Update, updatedRow, updateGuard } from './in-place.ts';
import type { Item, Key } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { inParallel } from './parallel.ts';
import { type Row, rowOf } from './row.ts';
import { atomically, currentOf, readerOf, type Scope } from './scope.ts';
import type { Where } from './where.ts';

/**
 * Changes one row that matches, and answers it as it is then; null when none does. The whole `where` is checked in the same
 * step as the write, so of many rivals exactly those succeed whose guard still held.
 */
export async function updateOne(scope: Scope, layout: ModelLayout, where: Where, update: Update): Promise<Row | null> {
  const direct = scope.unit ? undefined : await updateAtPlace(scope, layout, where, update);
  if (direct !== undefined) return direct;
  return atomically(scope, async (unit) => {
    const [item] = await find(unit, layout, where);
    return item ? rowOf(layout, await replaceRow(unit, layout, item, updatedRow(layout, item, update))) : null;
  });
}

/** With one conditional UpdateItem; undefined when that cannot decide it. */
async function updateAtPlace({ store }: Scope, layout: ModelLayout, where: Where, update: Update) {
  const change = changeOf(layout, update);
  const write = (key: Key, guard: Guard) => store.update(key, change, guard);
  const direct = await atOnlyPlace(store, layout, where, updateGuard(layout, where, update), write);
  if (direct !== undefined) return direct;
  const items = await find(store, layout, where);
  if (items.length === 0) return null;
  for (const item of items) {
    const guardOnItem = updateGuard(layout, where, update, item);
    const outcome = guardOnItem && (await write(item, guardOnItem));
    if (outcome?.done) return rowOf(layout, outcome.item);
  }
  return undefined;
}

/** Changes all rows that match, each in a step of its own, and counts those that still matched then. */
export async function updateMany(scope: Scope, layout: ModelLayout, where: Where, set: Row): Promise<number> {
  const update = { set, increment: {} };
  const items = await find(readerOf(scope), layout, where);
  const changed = await inParallel(items, (item) => updateFound(scope, layout, where, update, item));
  return changed.filter(Boolean).length;
}

async function updateFound(
  scope: Scope,
  layout: ModelLayout,
  where: Where,
  update: Update,
  item: Item,
): Promise<boolean> {
  const guard = scope.unit ? undefined : updateGuard(layout, where, update, item);
  if (guard && (await scope.store.update(item, changeOf(layout, update), guard)).done) return true;
  return atomically(scope, async (unit) => {
    const current = await currentOf(scope, unit, item);
    if (!isMatch(unit, layout, where, current)) return false;
    await replaceRow(unit, layout, current, updatedRow(layout, current, update));
    return true;
  });
}
