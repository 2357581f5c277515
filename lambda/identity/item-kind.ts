import { type Item, type Key, keyText, ownerOf } from './keys.ts';
import type { Layouts, ModelLayout } from './layout.ts';
import { childPrefix, claimsOf, parentKeyOf, referencesOf } from './placement.ts';
import { type Row, rowOf } from './row.ts';

/** What an item of the table is, by its key. */
export type ItemKind =
  | { readonly kind: 'row'; readonly layout: ModelLayout }
  | { readonly kind: 'claim' | 'reference'; readonly owner: Key | undefined }
  | { readonly kind: 'unknown' };

/** No row's partition key has a dot before a second colon. */
const belonging = /^(claim|ref):([^.:]+)\.[^:]*:/;

export function kindOf(layouts: Layouts, item: Item): ItemKind {
  const [isBelonging, kind, owner = ''] = belonging.exec(item.pk) ?? [];
  if (isBelonging && !layouts.has(owner)) return { kind: 'unknown' };
  if (isBelonging) return { kind: kind === 'claim' ? 'claim' : 'reference', owner: validOwnerOf(item) };
  const [model = ''] = item.sk.split('#', 1);
  const layout = layouts.get(model);
  if (!layout || !(layout.parent ? item.sk.startsWith(childPrefix(model)) : item.sk === model))
    return { kind: 'unknown' };
  return { kind: 'row', layout };
}

/** What a claim or reference names as its owner, if that can be the key of a row. */
function validOwnerOf(item: Item): Key | undefined {
  const owner = ownerOf(item);
  const isKey = isKeyPart(owner.pk, 2_048) && isKeyPart(owner.sk, 1_024);
  return isKey && keyText(owner) !== keyText(item) ? owner : undefined;
}

const isKeyPart = (part: unknown, bytes: number): boolean =>
  typeof part === 'string' && part !== '' && Buffer.byteLength(part) <= bytes;

/** The claims and references that a row should have, by key. */
export function belongingsOf(layout: ModelLayout, row: Row): Map<string, Item> {
  const items = [...claimsOf(layout, row).map(({ item }) => item), ...referencesOf(layout, row)];
  return new Map(items.map((item) => [keyText(item), item]));
}

/** The keys of all items that an item has to agree with. */
export function relatedKeys(layouts: Layouts, item: Item): Key[] {
  const is = kindOf(layouts, item);
  if (is.kind === 'unknown') return [];
  if (is.kind !== 'row') return is.owner ? [is.owner] : [];
  const row = rowOf(is.layout, item);
  const parent = parentKeyOf(is.layout, row);
  return [...belongingsOf(is.layout, row).values(), ...(parent ? [parent] : [])];
}
