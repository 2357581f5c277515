import { encodePart, hintOf, idHintOf, type Key } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { childPrefix, childSortKey, claimKey, parentPartition, referencePartition, rootKey } from './placement.ts';
import { ignoresCase, listOf, split, type Where } from './where.ts';

/**
 * One way to rows by key. Whatever it finds still has to match the `where`.
 *
 * - `row`: the row at a key. When nothing is there, `otherwise` is a claim that may know better.
 * - `children`: the rows of a model in one partition; `otherwise` is tried when none has `value` in `field`.
 * - `owner`: the row that owns a claim.
 * - `references`: the rows that a partition of references names.
 */
export type Lookup =
  | { readonly kind: 'row'; readonly key: Key; readonly otherwise?: Key }
  | {
      readonly kind: 'children';
      readonly pk: string;
      readonly prefix: string;
      readonly expected?: { readonly field: string; readonly value: unknown; readonly otherwise: Key };
    }
  | { readonly kind: 'owner'; readonly claim: Key }
  | { readonly kind: 'references'; readonly pk: string };

/** The cheapest lookups that together find every row that matches; undefined when only a listing can. */
export function plan(layout: ModelLayout, where: Where): Lookup[] | undefined {
  const { and, or } = split(where);
  const byAnd = and.length > 0 ? planAll(layout, and) : undefined;
  if (byAnd || or.length === 0) return byAnd;
  const alternatives = or.map((clause) => planAll(layout, [clause]));
  return alternatives.some((lookups) => !lookups) ? undefined : alternatives.flatMap((lookups) => lookups ?? []);
}

function planAll(layout: ModelLayout, where: Where): Lookup[] | undefined {
  const wanted = (field: string) => valuesOf(where, field);
  const parents = layout.parent && wanted(layout.parent.field);
  const names = wanted(layout.rowKey);
  if (parents && names) return parents.flatMap((parent) => names.map((name) => childRow(layout, parent, name)));

  const named = [layout.rowKey, 'id'].find((field) => wanted(field));
  const byName = named === undefined ? undefined : wanted(named)?.map((value) => lookupOf(layout, named, value));
  if (byName?.every(({ kind }) => kind !== 'owner')) return byName;
  if (parents) return parents.map((parent) => children(layout, parentPartition(layout, encodePart(parent))));
  if (byName) return byName;
  return byClaim(layout, where) ?? byReference(layout, where);
}

/** The values that a field must have one of. A clause that admits null finds nothing by key: nulls have no keys. */
function valuesOf(where: Where, field: string): unknown[] | undefined {
  const clause = where.find(
    (each) =>
      each.field === field &&
      (each.operator === 'eq' || each.operator === 'in') &&
      !ignoresCase(each) &&
      !listOf(each.value).includes(null),
  );
  return clause && [...new Set(listOf(clause.value))];
}

function childRow(layout: ModelLayout, parent: unknown, name: unknown): Lookup {
  const key = { pk: parentPartition(layout, encodePart(parent)), sk: childSortKey(layout.model, encodePart(name)) };
  return { kind: 'row', key };
}

const children = (layout: ModelLayout, pk: string) =>
  ({ kind: 'children', pk, prefix: childPrefix(layout.model) }) as const;

/** By `id` or row key: straight to the place that the value names, if it names one. */
function lookupOf(layout: ModelLayout, field: string, value: unknown): Lookup {
  if (!layout.parent) return { kind: 'row', key: rootKey(layout.model, value) };
  const claim = claimKey(layout, [field], [value]);
  const hint = field === 'id' ? idHintOf(value) : hintOf(value);
  if (hint === undefined) return { kind: 'owner', claim };
  const pk = parentPartition(layout, field === 'id' ? hint : encodePart(hint));
  if (field !== layout.rowKey) return { ...children(layout, pk), expected: { field, value, otherwise: claim } };
  return { kind: 'row', key: { pk, sk: childSortKey(layout.model, encodePart(value)) }, otherwise: claim };
}

function byClaim(layout: ModelLayout, where: Where): Lookup[] | undefined {
  for (const fields of layout.uniques) {
    const combinations = product(fields.map((field) => valuesOf(where, field)));
    if (combinations) return combinations.map((values) => ({ kind: 'owner', claim: claimKey(layout, fields, values) }));
  }
  return undefined;
}

function byReference(layout: ModelLayout, where: Where): Lookup[] | undefined {
  for (const field of layout.refs) {
    const values = valuesOf(where, field);
    if (values) return values.map((value) => ({ kind: 'references', pk: referencePartition(layout, field, value) }));
  }
  return undefined;
}

function product(choices: (unknown[] | undefined)[]): unknown[][] | undefined {
  return choices.reduce<unknown[][] | undefined>(
    (combinations, values) =>
      values && combinations?.flatMap((combination) => values.map((value) => [...combination, value])),
    [[]],
  );
}
