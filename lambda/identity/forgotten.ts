import { belongingsOf } from './item-kind.ts';
import { type Item, type Key, keyText, ownerOf } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { claimKey, referencePartition } from './placement.ts';
import { attributeFields, rowOf } from './row.ts';
import type { Unit } from './unit.ts';

/** Deletes a row of a model that the schema no longer has, as of a plugin since removed: else it would be back with the plugin. */
export async function eraseForgotten(unit: Unit, item: Item): Promise<void> {
  unit.replace(item, undefined, true);
  await releaseForgotten(unit, item);
}

/**
 * Gives up the claims and references that a row has on fields which the schema no longer calls unique or indexed, or no longer has.
 * Which those were is not known any more, so they are looked for on each of its fields; those on several fields at once are not found.
 */
export async function releaseForgotten(unit: Unit, item: Item, layout?: ModelLayout): Promise<void> {
  const known = layout ? belongingsOf(layout, rowOf(layout, item)) : new Map<string, Item>();
  if ((item.owns ?? 0) <= known.size) return;
  const model = layout?.model ?? item.sk.split('#', 1)[0] ?? '';
  const possible = possibleBelongings(model, item).filter((key) => !known.has(keyText(key)));
  for (const found of await unit.get(possible))
    if (found && keyText(ownerOf(found)) === keyText(item)) unit.release(found, true);
}

function possibleBelongings(model: string, item: Item): Key[] {
  const fields = attributeFields(item).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return fields.flatMap(([field, value]) => [
    claimKey({ model }, [field], [value]),
    { pk: referencePartition({ model }, field, value), sk: keyText(item) },
  ]);
}
