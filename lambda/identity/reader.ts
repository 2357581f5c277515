import type { Item, Key } from './keys.ts';

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** Where rows are read: the table, or the table as a transaction sees it. Expired items are among the answers. */
export interface Reader {
  now(): Date;
  /** The items at keys, in order. */
  get(keys: readonly Key[]): Promise<(Item | undefined)[]>;
  /** All items of a partition whose sort key starts with `prefix`, in the order of their sort keys. */
  query(pk: string, prefix: string): Promise<Item[]>;
  /** All rows of a listed model, or a page of them, by the directory index: a row written a moment ago may be missing. */
  list(model: string, page?: Page): Promise<Item[]>;
  /** How many rows the directory index has of a listed model, expired ones included. */
  count(model: string): Promise<number>;
}
