import { eraseRow } from './change.ts';
import { IdentityStoreError } from './errors.ts';
import { eraseForgotten, releaseForgotten } from './forgotten.ts';
import { kindOf } from './item-kind.ts';
import { type Item, type Key, keyOf, keyText } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { inParallel } from './parallel.ts';
import { plan } from './plan.ts';
import { atomically, type Scope } from './scope.ts';
import type { Unit } from './unit.ts';
import type { Where } from './where.ts';

/**
 * Deletes everything in the partition of a row that the unit deletes, such as a user. Better Auth deletes a user's sessions and
 * accounts first; what a rival links between that and the user's end would keep its claims for ever. The unit takes along what
 * is there now; what came after that goes after the commit, when nothing more can come.
 */
export async function eraseChildren(scope: Scope, unit: Unit, layout: ModelLayout, parent: Item): Promise<void> {
  await releaseForgotten(unit, parent, layout);
  for (const item of await unit.query(parent.pk, '')) await eraseChild(scope, unit, item);
  unit.afterCommit(() => deleteOrphans(scope, parent));
}

/**
 * Deletes what is left in the partitions of rows that are gone, where `where` names such rows by id. An outage between the commit
 * and what follows it leaves something there, and whoever was told of it deletes the row again.
 */
export async function deleteLeftovers(scope: Scope, layout: ModelLayout, where: Where): Promise<void> {
  for (const lookup of plan(layout, where) ?? []) {
    if (lookup.kind !== 'row') continue;
    const sweep = () => deleteOrphans(scope, lookup.key);
    if (scope.unit) scope.unit.afterCommit(sweep);
    else await sweep();
  }
}

async function eraseChild({ layouts }: Scope, unit: Unit, item: Item): Promise<void> {
  const is = kindOf(layouts, item);
  if (is.kind !== 'row') return eraseForgotten(unit, item);
  if (!is.layout.parent) return;
  eraseRow(unit, is.layout, item, true);
  await releaseForgotten(unit, item, is.layout);
}

async function deleteOrphans({ store, layouts }: Scope, parent: Key): Promise<void> {
  const orphans = await store.query(parent.pk, '');
  if (orphans.some((item) => keyText(item) === keyText(parent))) return;
  await inParallel(orphans, (orphan) => deleteOrphan({ store, layouts }, parent, orphan).catch(passIfAdopted));
}

const deleteOrphan = (scope: Scope, parent: Key, orphan: Key): Promise<void> =>
  atomically(scope, async (unit) => {
    const [current] = await unit.get([keyOf(orphan)]);
    unit.check('absent', parent, 'the parent is back');
    if (current) await eraseChild(scope, unit, current);
  });

/** Somebody has created the parent again, with the same id; what it has is its own. */
function passIfAdopted(error: unknown): void {
  if (!(error instanceof IdentityStoreError) || error.code !== 'DUPLICATE') throw error;
}
