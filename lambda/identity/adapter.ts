import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type CustomAdapter, createAdapterFactory } from 'better-auth/adapters';
import type { BetterAuthOptions, DBAdapter } from 'better-auth/types';
import { create, idToMint } from './create.ts';
import { consumeOne, deleteMany } from './delete.ts';
import type { IdentityStoreError } from './errors.ts';
import { count } from './find.ts';
import { findJoined, joinsOf } from './join.ts';
import { type Layouts, layoutsOf } from './layout.ts';
import { type Report, reportTo } from './report.ts';
import { pick, type Row } from './row.ts';
import { readerOf, type Scope, transact } from './scope.ts';
import { Store } from './store.ts';
import { timerWait } from './timer-wait.ts';
import type { Unit } from './unit.ts';
import { updateMany, updateOne } from './update.ts';

/**
 * A row has the unique values, index entries and directory entry that the schema and `listing` asked for when the whole row was
 * last written. After a field became `unique` or `index`, or a model was added to `listing`, every existing row has to be
 * rewritten, by an update inside a transaction. Until then an old row is not found that way, and its value not kept unique.
 */
export interface DynamodbAdapterOptions {
  /** The low-level client; its retries and timeouts apply to every request. */
  readonly client: DynamoDBClient;
  /** A table as `identityTable` describes it. */
  readonly tableName: string;
  /**
   * Canonical names of the models that can be listed, searched and counted without a key, through the directory index. Each
   * costs an index write per row. 'all' lists every model.
   *
   * @default ['user', 'jwks'] - what an administrator lists, and what the jwt plugin reads whole
   */
  readonly listing?: readonly string[] | 'all';
  /**
   * The most rows that a listing or a count looks through, if only their keys, before it fails with LISTING_LIMIT.
   *
   * @default 10000
   */
  readonly listingLimit?: number;
  /** @default () => new Date() */
  readonly now?: () => Date;
  /**
   * Waits between attempts.
   *
   * @default - a timer
   */
  readonly wait?: (milliseconds: number) => Promise<void>;
  /**
   * Called whenever an operation failed because the store failed (codes STORE_UNAVAILABLE and CONFLICT), beside the error
   * being thrown: Better Auth swallows some errors, and a state change that was not stored must not be answered with success.
   */
  readonly onFailure?: (error: IdentityStoreError) => void;
}

export const defaultListing: readonly string[] = ['user', 'jwks'];

/** Better Auth's database adapter on one DynamoDB table. */
export function dynamodbAdapter(options: DynamodbAdapterOptions): (options: BetterAuthOptions) => DBAdapter {
  const store = new Store({
    client: options.client,
    tableName: options.tableName,
    now: options.now ?? (() => new Date()),
    wait: options.wait ?? timerWait,
    listingLimit: options.listingLimit ?? 10_000,
  });
  const shared = {
    store,
    listing: options.listing ?? defaultListing,
    report: reportTo(options.onFailure ?? (() => {})),
  };
  return (betterAuthOptions) => adapterOn(shared, betterAuthOptions);
}

interface Shared {
  readonly store: Store;
  readonly listing: readonly string[] | 'all';
  readonly report: Report;
}

function adapterOn(shared: Shared, options: BetterAuthOptions, unit?: Unit): DBAdapter {
  const { store, listing, report } = shared;
  return createAdapterFactory({
    config: {
      adapterId: 'dynamodb',
      adapterName: 'DynamoDB',
      supportsNumericIds: false,
      supportsDates: false,
      customIdGenerator: () => idToMint,
      transaction: unit
        ? false
        : (callback) => report(() => transact(store, (work) => callback(adapterOn(shared, options, work)))),
    },
    adapter: ({ schema, getDefaultModelName, getFieldName }) => {
      const scope = { store, layouts: layoutsOf(schema, listing), ...(unit && { unit }) };
      const adapter = operations(scope, getDefaultModelName, (model, field) => getFieldName({ model, field }));
      return reporting(adapter, report);
    },
  })(options);
}

function reporting(adapter: CustomAdapter, report: Report): CustomAdapter {
  const reported = Object.entries(adapter).map(([name, operation]) => [
    name,
    (input: unknown) => report(() => operation(input)),
  ]);
  return Object.fromEntries(reported);
}

/** Better Auth's operations. Models arrive by their physical or canonical name, fields by their physical one. */
function operations(
  scope: Scope,
  canonical: (model: string) => string,
  physical: (model: string, field: string) => string,
): CustomAdapter {
  const layoutOf = (model: string) => layoutNamed(scope.layouts, canonical(model));
  const columns = (model: string, select: readonly string[] | undefined) =>
    select?.map((field) => physical(model, field));

  const findRows: CustomAdapter['findMany'] = async ({
    model,
    where = [],
    limit,
    offset = 0,
    sortBy,
    select,
    join,
  }) => {
    const joins = joinsOf(join, scope.layouts, canonical);
    const query = { where, order: sortBy && { ...sortBy, field: physical(model, sortBy.field) }, offset, limit };
    const rows = await findJoined(readerOf(scope), layoutOf(model), query, joins);
    const wanted = columns(model, select);
    return rows.map((row) => pick(row, wanted && [...wanted, ...joins.map(({ name }) => name)])) as never[];
  };

  return {
    create: async ({ model, data }) => (await create(scope, layoutOf(model), data)) as typeof data,
    findOne: async (query) => ((await findRows({ ...query, limit: 1 }))[0] ?? null) as never,
    findMany: findRows,
    count: ({ model, where = [] }) => count(readerOf(scope), layoutOf(model), where),
    update: async ({ model, where, update }) =>
      (await updateOne(scope, layoutOf(model), where, { set: update as Row, increment: {} })) as never,
    updateMany: ({ model, where, update }) => updateMany(scope, layoutOf(model), where, update),
    incrementOne: async ({ model, where, increment, set = {} }) =>
      (await updateOne(scope, layoutOf(model), where, { set, increment })) as never,
    delete: async ({ model, where }) => {
      await deleteMany(scope, layoutOf(model), where);
    },
    deleteMany: ({ model, where }) => deleteMany(scope, layoutOf(model), where),
    consumeOne: async ({ model, where }) => (await consumeOne(scope, layoutOf(model), where)) as never,
  };
}

function layoutNamed(layouts: Layouts, model: string) {
  const layout = layouts.get(model);
  if (!layout) throw new Error(`model '${model}' is not in the schema`);
  return layout;
}
