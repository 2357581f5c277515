import { eraseRow } from './change.ts';
import { IdentityStoreError } from './errors.ts';
import { kindOf } from './item-kind.ts';
import { type Item, type Key, keyOf } from './keys.ts';
import type { Layouts } from './layout.ts';
import { inParallel } from './parallel.ts';
import { atomically, type Scope } from './scope.ts';
import type { Unit } from './unit.ts';

/**
 * Deletes everything in the partition of a row that the unit deletes, such as a user. Better Auth deletes a user's sessions and
 * accounts first; what a rival links between that and the user's end would keep its claims for ever. The unit takes along what
 * is there now; what came after that goes after the commit, when nothing more can come.
 */
export async function eraseChildren(scope: Scope, unit: Unit, parent: Key): Promise<void> {
  for (const item of await unit.query(parent.pk, '')) eraseChild(scope.layouts, unit, item);
  unit.afterCommit(() => deleteOrphans(scope, parent));
}

function eraseChild(layouts: Layouts, unit: Unit, item: Item): void {
  const is = kindOf(layouts, item);
  if (is.kind === 'row' && is.layout.parent) eraseRow(unit, is.layout, item, true);
}

async function deleteOrphans({ store, layouts }: Scope, parent: Key): Promise<void> {
  const orphans = await store.query(parent.pk, '');
  await inParallel(orphans, (orphan) => deleteOrphan({ store, layouts }, parent, orphan).catch(passIfAdopted));
}

const deleteOrphan = (scope: Scope, parent: Key, orphan: Key): Promise<void> =>
  atomically(scope, async (unit) => {
    const [current] = await unit.get([keyOf(orphan)]);
    unit.check('absent', parent, 'the parent is back');
    if (current) eraseChild(scope.layouts, unit, current);
  });

/** Somebody has created the parent again, with the same id; what it has is its own. */
function passIfAdopted(error: unknown): void {
  if (!(error instanceof IdentityStoreError) || error.code !== 'DUPLICATE') throw error;
}
