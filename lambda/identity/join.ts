import type { JoinConfig } from 'better-auth/adapters';
import { BatchReader } from './batch-reader.ts';
import { find, findPage, type Query } from './find.ts';
import type { Item } from './keys.ts';
import type { Layouts, ModelLayout } from './layout.ts';
import { childPrefix } from './placement.ts';
import type { Reader } from './reader.ts';
import { attributeOf, type Row, rowOf } from './row.ts';
import type { Where } from './where.ts';

/** One joined model, with its layout looked up. */
export interface Join {
  /** The key of the joined rows in the answer: the physical model name. */
  readonly name: string;
  readonly layout: ModelLayout;
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  readonly single: boolean;
}

export function joinsOf(
  config: JoinConfig | undefined,
  layouts: Layouts,
  canonical: (model: string) => string,
): Join[] {
  return Object.entries(config ?? {}).map(([name, { modelKey, on, limit = 100, relation }]) => ({
    name,
    layout: layouts.get(canonical(modelKey ?? name)) as ModelLayout,
    ...on,
    limit,
    single: relation === 'one-to-one',
  }));
}

/** Base rows with their joined rows. The base rows are sorted and cut before anything is joined to them. */
export async function findJoined(
  source: Reader,
  layout: ModelLayout,
  query: Query,
  joins: readonly Join[],
): Promise<Row[]> {
  const reader = new BatchReader(source);
  const items = await findPage(reader, layout, query, (pk) => prefetch(reader, layout, joins, pk));
  const joined = await Promise.all(joins.map((join) => joinedTo(reader, items, join)));
  return items.map((item) => ({
    ...rowOf(layout, item),
    ...Object.fromEntries(joins.map((join, i) => [join.name, joined[i]?.(item)])),
  }));
}

/** A parent and its children share a partition: what is joined can be read while the base rows are. */
function prefetch(reader: Reader, layout: ModelLayout, joins: readonly Join[], pk: string): void {
  for (const join of joins) {
    const { parent, model } = join.layout;
    const reading =
      layout.parent?.field === join.from && layout.parent.model === model && join.to === 'id'
        ? reader.get([{ pk, sk: model }])
        : parent?.field === join.to && parent.model === layout.model && join.from === 'id'
          ? reader.query(pk, childPrefix(model))
          : undefined;
    // Whoever needs the answer awaits the same read and gets its error.
    reading?.catch(() => {});
  }
}

/** Reads the joined rows of all base rows at once, and tells which belong to one of them. */
async function joinedTo(reader: Reader, items: readonly Item[], join: Join) {
  const from = (item: Item) => item[attributeOf(join.from)];
  const values = [...new Set(items.map(from).filter((value) => value !== undefined))] as string[];
  const where = [{ field: join.to, operator: 'in', value: values, connector: 'AND', mode: 'sensitive' }] as const;
  const found = values.length > 0 ? await find(reader, join.layout, where as unknown as Where) : [];
  const byValue = new Map<unknown, Row[]>(values.map((value) => [value, []]));
  for (const item of found) byValue.get(item[attributeOf(join.to)])?.push(rowOf(join.layout, item));
  return (item: Item): Row | Row[] | null => {
    const rows = byValue.get(from(item)) ?? [];
    return join.single ? (rows[0] ?? null) : rows.slice(0, join.limit);
  };
}
