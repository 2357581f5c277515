import { createHash } from 'node:crypto';
import { timeToLive } from './expiry.ts';
import { encodePart, hintOf, type Item, idHintOf, type Key, keyText, newRevision } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { attributesOf, type Row } from './row.ts';

/** Writes to one index partition are limited to 1,000 a second; so many partitions share the rows of a model. */
export const directoryShards = 8;

export const directoryPartition = (model: string, shard: number): string => `${model}#${shard}`;

export const parentPartition = (layout: ModelLayout, part: string): string =>
  `${layout.parent?.model ?? layout.model}:${part}`;
export const childPrefix = (model: string): string => `${model}#`;
export const childSortKey = (model: string, part: string): string => childPrefix(model) + part;

/** The key of a row that is a partition of its own, such as a user. */
export const rootKey = (model: string, id: unknown): Key => ({ pk: `${model}:${encodePart(id)}`, sk: model });

/** The item of the user, say, that a row belongs to. */
export function parentKeyOf({ model, parent }: ModelLayout, row: Row): Key | undefined {
  const id = parent && row[parent.field];
  return parent && parent.model !== model && id !== null && id !== undefined ? rootKey(parent.model, id) : undefined;
}

/**
 * Whether a row may only be written while its parent exists: without it, its claims would keep their values from everybody, and
 * the row itself would stay, for ever. A session with nothing to its name just expires.
 */
export const needsParent = (layout: ModelLayout, item: Item): boolean =>
  item.owns !== undefined || layout.expires === undefined;

export function keyOfRow(layout: ModelLayout, row: Row): Key {
  if (!layout.parent) return rootKey(layout.model, row.id);
  const parent = row[layout.parent.field];
  const name = row[layout.rowKey] ?? row.id;
  const pk =
    parent === null || parent === undefined
      ? `${layout.model}:${encodePart(row.id)}`
      : parentPartition(layout, encodePart(parent));
  return { pk, sk: childSortKey(layout.model, encodePart(name)) };
}

/** Whether the value of `id` or of the row key tells where the row is, so that no claim has to. */
export function locatesItself(layout: ModelLayout, row: Row, field: string): boolean {
  if (!layout.parent) return field === 'id';
  const parent = row[layout.parent.field];
  if (parent === null || parent === undefined) return false;
  if (field === 'id') return idHintOf(row.id) === encodePart(parent);
  return field === layout.rowKey && hintOf(row[field]) === String(parent);
}

/** The key of the claim on a combination of values. Its parts cannot contain the separators. */
export const claimKey = (
  { model }: Pick<ModelLayout, 'model'>,
  fields: readonly string[],
  values: readonly unknown[],
): Key => ({
  pk: `claim:${model}.${fields.join('+')}:${values.map(encodePart).join('.')}`,
  sk: 'claim',
});

export const referencePartition = ({ model }: Pick<ModelLayout, 'model'>, field: string, value: unknown): string =>
  `ref:${model}.${field}:${encodePart(value)}`;

export interface Claim {
  readonly fields: readonly string[];
  readonly item: Item;
}

/** The claims of a row: one for each unique combination, and one for an id that does not tell where the row is. */
export function claimsOf(layout: ModelLayout, row: Row): Claim[] {
  const owner = ownership(layout, row);
  const present = (fields: readonly string[]) =>
    fields.every((field) => row[field] !== null && row[field] !== undefined);
  return [['id'], ...layout.uniques]
    .filter((fields) => present(fields) && !(fields.length === 1 && locatesItself(layout, row, fields[0] as string)))
    .map((fields) => ({
      fields,
      item: {
        ...claimKey(
          layout,
          fields,
          fields.map((field) => row[field]),
        ),
        ...owner,
      },
    }));
}

/** The items by which references find the row. */
export function referencesOf(layout: ModelLayout, row: Row): Item[] {
  const owner = ownership(layout, row);
  return layout.refs
    .filter((field) => row[field] !== null && row[field] !== undefined)
    .map((field) => ({
      pk: referencePartition(layout, field, row[field]),
      sk: keyText(keyOfRow(layout, row)),
      ...owner,
    }));
}

function ownership(layout: ModelLayout, row: Row) {
  const { pk, sk } = keyOfRow(layout, row);
  const ttl = timeToLive(layout, row);
  return { ownerPk: pk, ownerSk: sk, ...(ttl !== undefined && { ttl }) };
}

/** The whole item of a row. Attributes of `previous` that the schema does not know (of a plugin since removed) are kept. */
export function itemOf(layout: ModelLayout, row: Row, previous?: Item): Item {
  const key = keyOfRow(layout, row);
  const owns = claimsOf(layout, row).length + referencesOf(layout, row).length;
  return {
    ...previous,
    ...attributesOf(row),
    ...key,
    rev: newRevision(),
    owns: owns > 0 ? owns : undefined,
    ttl: timeToLive(layout, row),
    ...directoryKeys(layout, key),
  };
}

function directoryKeys(layout: ModelLayout, key: Key) {
  if (!layout.listed) return { dirPk: undefined, dirSk: undefined };
  const text = keyText(key);
  const shard = createHash('sha256').update(text).digest().readUInt8(0) % directoryShards;
  return { dirPk: directoryPartition(layout.model, shard), dirSk: text };
}
