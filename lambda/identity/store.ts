import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type ConsumedCapacity,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactGetItemsCommand,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { identityTableKeys } from '../../contract/tables.ts';
import { AnswerLost, IdentityStoreError } from './errors.ts';
import { Expression } from './expression.ts';
import { cancellationCodes, mayPass, storeError } from './failures.ts';
import type { Guard } from './guard.ts';
import { type Item, type Key, keyOf, keyText, newRevision } from './keys.ts';
import { isOwnWrite, type Outcome } from './outcome.ts';
import { inParallel } from './parallel.ts';
import { directoryPartition, directoryShards } from './placement.ts';
import type { Page, Reader } from './reader.ts';
import {
  type Change,
  deleteInput,
  keyAttributes,
  putInput,
  transactItem,
  updateInput,
  type Write,
} from './requests.ts';
import { fromAttributes } from './values.ts';

export interface StoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly now: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly listingLimit: number;
  /** Hears of the read capacity that each `get` and `snapshot` took, and is waited for before the next of them. */
  readonly onReadUnits?: (units: number) => Promise<void>;
}

type Attributes = Parameters<typeof fromAttributes>[0];

const attempts = 8;

/** The table: strongly consistent reads by key, and writes that each carry their condition. Never a Scan. */
export class Store implements Reader {
  readonly #options: StoreOptions;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  now(): Date {
    return this.#options.now();
  }

  /** Between two attempts: longer each time, and never in step with a rival. */
  async backOff(attempt: number): Promise<void> {
    await this.#options.wait(Math.random() * Math.min(1_000, 10 * 2 ** attempt));
  }

  async get(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    const distinct = [...new Map(keys.map((key) => [keyText(key), keyOf(key)])).values()];
    if (distinct.length === 0) return [];
    const items = distinct.length === 1 ? await this.#getOne(distinct[0] as Key) : await this.#getBatches(distinct);
    const found = new Map(items.map((item) => [keyText(item), item]));
    return keys.map((key) => found.get(keyText(key)));
  }

  async #getOne(key: Key): Promise<Item[]> {
    const { client, tableName } = this.#options;
    const input = { TableName: tableName, Key: keyAttributes(key), ConsistentRead: true, ...this.#metering };
    const { Item, ConsumedCapacity } = await this.#send(() => client.send(new GetItemCommand(input)));
    await this.#meter(ConsumedCapacity);
    return Item ? [fromAttributes(Item)] : [];
  }

  async #getBatches(keys: readonly Key[]): Promise<Item[]> {
    const batches = Array.from({ length: Math.ceil(keys.length / 100) }, (_, i) => keys.slice(i * 100, i * 100 + 100));
    return (await inParallel(batches, (batch) => this.#getBatch(batch))).flat();
  }

  async #getBatch(keys: readonly Key[]): Promise<Item[]> {
    const { tableName, client } = this.#options;
    const items: Item[] = [];
    let pending: KeysAndAttributes | undefined = {
      Keys: keys.map((key) => keyAttributes(key)),
      ConsistentRead: true,
    };
    for (let attempt = 0; pending; attempt++) {
      if (attempt > 0) await this.#retry(attempt, 'DynamoDB left keys of a batch unprocessed');
      const request: KeysAndAttributes = pending;
      const answer = await this.#send(() =>
        client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: request }, ...this.#metering })),
      );
      await this.#meter(...(answer.ConsumedCapacity ?? []));
      items.push(...(answer.Responses?.[tableName] ?? []).map(fromAttributes));
      const rest: KeysAndAttributes | undefined = answer.UnprocessedKeys?.[tableName];
      pending = rest?.Keys?.length ? rest : undefined;
    }
    return items;
  }

  /**
   * The items at up to 100 keys, in order, as they all were at one moment.
   *
   * @throws IdentityStoreError CONFLICT when writes kept coming between
   */
  async snapshot(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    const { client, tableName } = this.#options;
    const TransactItems = keys.map((key) => ({ Get: { TableName: tableName, Key: keyAttributes(key) } }));
    for (let attempt = 1; ; attempt++) {
      try {
        const command = new TransactGetItemsCommand({ TransactItems, ...this.#metering });
        const { Responses = [], ConsumedCapacity = [] } = await client.send(command);
        await this.#meter(...ConsumedCapacity);
        return keys.map((_, i) => (Responses[i]?.Item ? fromAttributes(Responses[i].Item) : undefined));
      } catch (error) {
        const codes = cancellationCodes(error);
        if (!codes.some(mayPass)) throw storeError(error);
        const code = codes.includes('TransactionConflict') ? 'CONFLICT' : 'STORE_UNAVAILABLE';
        await this.#retry(attempt, 'DynamoDB kept cancelling a transaction', error, code);
      }
    }
  }

  get #metering() {
    return this.#options.onReadUnits && ({ ReturnConsumedCapacity: 'TOTAL' } as const);
  }

  async #meter(...consumed: readonly (ConsumedCapacity | undefined)[]): Promise<void> {
    const units = consumed.reduce((sum, each) => sum + (each?.CapacityUnits ?? 0), 0);
    await this.#options.onReadUnits?.(units);
  }

  query(pk: string, prefix: string): Promise<Item[]> {
    const expression = new Expression();
    const parts = [`${expression.name('pk')} = ${expression.value(pk)}`];
    if (prefix) parts.push(`begins_with(${expression.name('sk')}, ${expression.value(prefix)})`);
    return this.#pages({
      KeyConditionExpression: parts.join(' AND '),
      ConsistentRead: true,
      ...expression.parameters(),
    });
  }

  /**
   * The index only says which rows there are; the rows themselves are read consistently from the table. Half the price would
   * buy rows that may be older than the last write, such as a ban, and writes that fail on their own guard.
   */
  async list(model: string, page?: Page): Promise<Item[]> {
    const { keys } = await this.#directory(model);
    if (!page) return this.#present(keys);
    const items: Item[] = [];
    // Rows that are gone leave the index a moment later; those that follow fill the page.
    for (let start = page.offset; items.length < page.limit && start < keys.length; ) {
      const next = keys.slice(start, start + page.limit - items.length);
      start += next.length;
      items.push(...(await this.#present(next)));
    }
    return items;
  }

  async count(model: string): Promise<number> {
    return (await this.#directory(model, 'COUNT')).count;
  }

  async #present(keys: readonly Key[]): Promise<Item[]> {
    return (await this.get(keys)).filter((item) => item !== undefined);
  }

  async #directory(model: string, Select?: 'COUNT'): Promise<{ keys: Key[]; count: number }> {
    const { indexName, partitionKey } = identityTableKeys.directory;
    let count = 0;
    const add = (found: number) => {
      count += found;
      if (count > this.#options.listingLimit) throw listingLimit(model, this.#options.listingLimit);
    };
    const shards = Array.from({ length: directoryShards }, (_, shard) => {
      const expression = new Expression();
      const condition = `${expression.name(partitionKey)} = ${expression.value(directoryPartition(model, shard))}`;
      const input = { IndexName: indexName, KeyConditionExpression: condition, ...expression.parameters() };
      return this.#pages({ ...input, ...(Select && { Select }) }, add);
    });
    const keys = (await Promise.all(shards)).flat().map(keyOf);
    return { keys, count };
  }

  async #pages(input: Omit<QueryCommandInput, 'TableName'>, onPage?: (found: number) => void): Promise<Item[]> {
    const { client, tableName } = this.#options;
    const items: Item[] = [];
    let start: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = new QueryCommand({ ...input, TableName: tableName, ExclusiveStartKey: start });
      const answer = await this.#send(() => client.send(page));
      onPage?.(answer.Count ?? 0);
      items.push(...(answer.Items ?? []).map(fromAttributes));
      start = answer.LastEvaluatedKey;
    } while (start);
    return items;
  }

  async put(item: Item, guard: Guard): Promise<Outcome> {
    const { client, tableName } = this.#options;
    const input = putInput(tableName, item, guard, this.now());
    const outcome = await this.#guardedWrite(() => client.send(new PutItemCommand(input)), item);
    return outcome.done || isOwnWrite(outcome, item.rev) ? { done: true, item } : outcome;
  }

  /** @throws AnswerLost when nothing is there, and that may be this delete's own doing */
  async delete(key: Key, guard: Guard): Promise<Outcome> {
    const { client, tableName } = this.#options;
    const input = deleteInput(tableName, key, guard, this.now());
    const outcome = await this.#guardedWrite(() => client.send(new DeleteItemCommand(input)));
    if (!outcome.done && !outcome.found && outcome.repeated) throw new AnswerLost();
    return outcome;
  }

  /** Changes attributes of an existing item. The guard has to say that it exists: an update alone would create it. */
  async update(key: Key, change: Change, guard: Guard): Promise<Outcome> {
    const { client, tableName } = this.#options;
    const rev = newRevision();
    const input = updateInput(tableName, key, { ...change, rev }, guard, this.now());
    const outcome = await this.#guardedWrite(() => client.send(new UpdateItemCommand(input)), change.set);
    return isOwnWrite(outcome, rev) ? { done: true, item: outcome.found } : outcome;
  }

  /** All writes or none. Answers which conditions failed, by position; an empty list means that it is done. */
  async transact(writes: readonly Write[]): Promise<number[]> {
    const { client, tableName } = this.#options;
    const written = writes.flatMap((write) => (write.kind === 'put' ? [write.item] : []));
    for (let attempt = 1; ; attempt++) {
      const now = this.now();
      const TransactItems = writes.map((write) => transactItem(tableName, write, now));
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
        return [];
      } catch (error) {
        const codes = cancellationCodes(error);
        const failed = codes.flatMap((code, i) => (code === 'ConditionalCheckFailed' ? [i] : []));
        if (failed.length > 0) return failed;
        if (!codes.some(mayPass)) throw storeError(error, written);
        await this.#retry(attempt, 'DynamoDB kept cancelling a transaction', error);
      }
    }
  }

  async #guardedWrite(
    write: () => Promise<{ Attributes?: Attributes }>,
    written: Partial<Item> = {},
  ): Promise<Outcome> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { Attributes = {} } = await write();
        return { done: true, item: fromAttributes(Attributes) };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) {
          const repeated = (error.$metadata.attempts ?? 1) > 1;
          return { done: false, found: error.Item && fromAttributes(error.Item), repeated };
        }
        if (!(error instanceof TransactionConflictException)) throw storeError(error, [written]);
        await this.#retry(attempt, 'transactions kept a row busy', error);
      }
    }
  }

  async #send<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw storeError(error);
    }
  }

  async #retry(
    attempt: number,
    message: string,
    cause?: unknown,
    code: 'STORE_UNAVAILABLE' | 'CONFLICT' = 'STORE_UNAVAILABLE',
  ): Promise<void> {
    if (attempt >= attempts) throw new IdentityStoreError(code, message, { cause });
    await this.backOff(attempt);
  }
}

const listingLimit = (model: string, limit: number) =>
  new IdentityStoreError(
    'LISTING_LIMIT',
    `listing '${model}' would read more than ${limit} rows; narrow the query to a key`,
  );
