import { BatchReader } from './batch-reader.ts';
import { IdentityStoreError } from './errors.ts';
import { isAlive } from './expiry.ts';
import { type Item, type Key, keyText } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { type Lookup, plan } from './plan.ts';
import type { Page, Reader } from './reader.ts';
import { attributeOf, rowOf } from './row.ts';
import { comparable, compare } from './values.ts';
import { matches, split, type Where } from './where.ts';

/**
 * The items of all rows that match, unordered. Every row is checked against the whole `where` and its expiry. `onPartition`
 * hears of each partition that is about to be read for rows, so that a join can read its part of it in the same request.
 */
export async function find(
  source: Reader,
  layout: ModelLayout,
  where: Where,
  onPartition: (pk: string) => void = () => {},
): Promise<Item[]> {
  const reader = source instanceof BatchReader ? source : new BatchReader(source);
  const lookups = plan(layout, where);
  const items = lookups ? await resolve(reader, lookups, onPartition) : await listed(reader, layout, where);
  return items.filter((item) => isMatch(reader, layout, where, item));
}

/** A part of the rows that match, in order. */
export interface Query extends Page {
  readonly where: Where;
  readonly order?: Order | undefined;
}

/** Reads no more rows than are asked for if their order and their fields do not matter. */
export async function findPage(
  reader: Reader,
  layout: ModelLayout,
  { where, order, ...page }: Query,
  onPartition: (pk: string) => void,
): Promise<Item[]> {
  if (isWhole(layout, where) && !order) return reader.list(layout.model, page);
  const items = await find(reader, layout, where, onPartition);
  return (order ? sorted(items, order) : items).slice(page.offset, page.offset + page.limit);
}

export async function count(reader: Reader, layout: ModelLayout, where: Where): Promise<number> {
  return isWhole(layout, where) ? reader.count(layout.model) : (await find(reader, layout, where)).length;
}

/** Whether the keys in the directory answer which rows match: all, and none can have expired. */
const isWhole = (layout: ModelLayout, where: Where): boolean =>
  layout.listed && layout.expires === undefined && where.length === 0;

export const isMatch = (reader: Reader, layout: ModelLayout, where: Where, item: Item | undefined): item is Item =>
  isAlive(item, reader.now()) && matches(where, rowOf(layout, item));

/** Two rounds at most for rows at their own place or behind claims and references; a third when an id misled. */
async function resolve(reader: Reader, lookups: readonly Lookup[], onPartition: (pk: string) => void): Promise<Item[]> {
  const first = await Promise.all(lookups.map((lookup) => lookUp(reader, lookup, onPartition)));
  const claims = first.flatMap(({ otherwise }) => (otherwise ? [otherwise] : []));
  const owners = claims.length > 0 ? ownersOf(await reader.get(claims)) : [];
  const owned = owners.length > 0 ? await reader.get(owners) : [];
  const found = [...first.flatMap(({ items }) => items), ...owned].filter((item) => item !== undefined);
  return [...new Map(found.map((item) => [keyText(item), item])).values()];
}

interface Found {
  readonly items: readonly (Item | undefined)[];
  /** A claim still to be tried. */
  readonly otherwise?: Key | undefined;
}

async function lookUp(reader: Reader, lookup: Lookup, onPartition: (pk: string) => void): Promise<Found> {
  const rowsOwning = (items: readonly (Item | undefined)[]) => {
    const owners = ownersOf(items);
    for (const { pk } of owners) onPartition(pk);
    return reader.get(owners);
  };
  switch (lookup.kind) {
    case 'row': {
      onPartition(lookup.key.pk);
      const items = await reader.get([lookup.key]);
      return { items, otherwise: isAlive(items[0], reader.now()) ? undefined : lookup.otherwise };
    }
    case 'children': {
      onPartition(lookup.pk);
      const items = await reader.query(lookup.pk, lookup.prefix);
      const { expected } = lookup;
      const met = !expected || items.some((item) => item[attributeOf(expected.field)] === expected.value);
      return { items, otherwise: met ? undefined : expected.otherwise };
    }
    case 'owner':
      return { items: await rowsOwning(await reader.get([lookup.claim])) };
    case 'references':
      return { items: await rowsOwning(await reader.query(lookup.pk, '')) };
  }
}

const ownersOf = (items: readonly (Item | undefined)[]): Key[] =>
  items.flatMap((item) => (item?.ownerPk && item.ownerSk ? [{ pk: item.ownerPk, sk: item.ownerSk }] : []));

async function listed(reader: Reader, layout: ModelLayout, where: Where): Promise<Item[]> {
  if (layout.listed) return reader.list(layout.model);
  if (onlyMatchesExpired(reader, layout, where)) return [];
  const fields = [...new Set(where.map(({ field }) => field))].join(', ') || 'none';
  const message = `no key finds '${layout.model}' by fields: ${fields}; add the model to 'listing', or narrow the query to a key`;
  throw new IdentityStoreError('UNSUPPORTED_QUERY', message);
}

/** Better Auth sweeps expired rows now and then. They are absent already, and DynamoDB's time to live deletes them. */
function onlyMatchesExpired(reader: Reader, layout: ModelLayout, where: Where): boolean {
  return split(where).and.some(({ field, operator, value }) => {
    const until = comparable(value);
    if (field !== layout.expires || (operator !== 'lt' && operator !== 'lte') || typeof until !== 'string')
      return false;
    return Date.parse(until) <= reader.now().getTime();
  });
}

export interface Order {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

/** Nulls come first in ascending order. */
function sorted(items: readonly Item[], order: Order): Item[] {
  const sign = order.direction === 'desc' ? -1 : 1;
  const value = (item: Item) => item[attributeOf(order.field)] ?? null;
  return [...items].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return sign * (Number(x !== null) - Number(y !== null));
    return sign * (compare(x, y) ?? 0);
  });
}
