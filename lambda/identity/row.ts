import { identityTableKeys } from '../../contract/tables.ts';
import type { Item } from './keys.ts';
import type { ModelLayout } from './layout.ts';

/** A row as Better Auth sees it: physical field names; null for what is not stored. */
export type Row = Readonly<Record<string, unknown>>;

const reserved: ReadonlySet<string> = new Set([
  identityTableKeys.partitionKey,
  identityTableKeys.sortKey,
  identityTableKeys.timeToLive,
  identityTableKeys.directory.partitionKey,
  identityTableKeys.directory.sortKey,
  'rev',
  'owns',
]);

/** Of an attribute whose field has a name that the adapter needs itself. */
const prefix = 'field:';

/** The attribute that stores a field: its own name, unless the adapter needs that name itself. */
export const attributeOf = (field: string): string => (reserved.has(field) ? prefix + field : field);

/** The fields that an item stores, whatever the schema has, with their values. */
export const attributeFields = (item: Item): [field: string, value: unknown][] =>
  Object.entries(item)
    .filter(([name]) => !reserved.has(name))
    .map(([name, value]) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, value]);

export function rowOf(layout: ModelLayout, item: Item): Row {
  return Object.fromEntries(layout.fields.map((field) => [field, item[attributeOf(field)] ?? null]));
}

export function attributesOf(row: Row): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([field, value]) => [attributeOf(field), value]));
}

/** The fields that a query asked for; all when it names none. */
export function pick(row: Row, fields: readonly string[] | undefined): Row {
  if (!fields?.length) return row;
  return Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field)));
}
