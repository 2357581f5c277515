import { type DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { getAuthTables } from 'better-auth/db';
import type { BetterAuthOptions } from 'better-auth/types';
import { defaultListing } from './adapter.ts';
import { checkItem, type Related, unconfirmed } from './check-item.ts';
import { IdentityStoreError } from './errors.ts';
import { storeError } from './failures.ts';
import type { StoreFinding } from './finding.ts';
import { relatedKeys } from './item-kind.ts';
import { type Item, type Key, keyOf, keyText } from './keys.ts';
import { type Layouts, layoutsOf } from './layout.ts';
import { ReadBudget } from './read-budget.ts';
import { Store } from './store.ts';
import { timerWait } from './timer-wait.ts';
import { fromAttributes } from './values.ts';

/** Which table to check, and how much of it. */
export interface CheckStoreInput {
  /**
   * With the operator's own credentials: `dynamodb:Scan`, `dynamodb:BatchGetItem` and `dynamodb:GetItem` (of which TransactGetItems
   * is made) on the table, and `kms:Decrypt` on its key if that is a customer managed one.
   */
  readonly client: DynamoDBClient;
  /** The identity table. */
  readonly tableName: string;
  /** The options that the table is used with; of these, the plugins and fields matter. */
  readonly auth: BetterAuthOptions;
  /** As the adapter's. @default ['user', 'jwks'] */
  readonly listing?: readonly string[] | 'all';
  /** Called for each finding as it is found; the check waits for it. */
  readonly onFinding?: (finding: StoreFinding) => void | Promise<void>;
  /**
   * Read capacity units that the check uses per second, so that it leaves the rest to users. It waits after each request for as long
   * as what DynamoDB charged for it takes to earn, so it is ahead by one request at most. @default 500
   */
  readonly readUnitsPerSecond?: number;
  /** @default () => new Date() */
  readonly now?: () => Date;
  /** Waits between requests. @default - a timer */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** What a check read, and what it found. */
export interface StoreCheck {
  /** Items that were looked at: rows, claims and references. */
  readonly items: number;
  readonly findings: number;
}

/**
 * Proves that what the adapter's operations keep true is true of the whole table: every claim and reference has its owner, every
 * owner its claims and references, each row is where its fields say, listed as it should be, and expires when it should. Reads
 * only, may run while the table is in use, and holds one page of it in memory.
 *
 * @throws IdentityStoreError STORE_UNAVAILABLE
 */
export async function checkStore(input: CheckStoreInput): Promise<StoreCheck> {
  const { client, tableName, now = () => new Date(), wait = timerWait, readUnitsPerSecond = 500 } = input;
  const budget = new ReadBudget(readUnitsPerSecond, wait);
  const onReadUnits = (units: number) => budget.spend(units);
  const store = new Store({ client, tableName, now, wait, listingLimit: 0, onReadUnits });
  const layouts = layoutsOf(getAuthTables(input.auth), input.listing ?? defaultListing);
  const check = { store, layouts, keysPerRead: budget.atMost(100) };
  let items = 0;
  let findings = 0;
  let start: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const page = await scan(client, tableName, budget.atMost(1_000), start);
    await budget.spend(page.units);
    for await (const finding of checkPage(check, page.items)) {
      findings++;
      await input.onFinding?.(finding);
    }
    items += page.items.length;
    start = page.next;
  } while (start);
  return { items, findings };
}

async function scan(
  client: DynamoDBClient,
  TableName: string,
  Limit: number,
  ExclusiveStartKey: ScanCommandOutput['LastEvaluatedKey'],
) {
  const command = new ScanCommand({
    TableName,
    Limit,
    ExclusiveStartKey,
    ConsistentRead: true,
    ReturnConsumedCapacity: 'TOTAL',
  });
  const answer = await client.send(command).catch((error: unknown) => {
    throw storeError(error);
  });
  return {
    items: (answer.Items ?? []).map(fromAttributes),
    next: answer.LastEvaluatedKey,
    units: answer.ConsumedCapacity?.CapacityUnits ?? 0,
  };
}

interface Check {
  readonly store: Store;
  readonly layouts: Layouts;
  readonly keysPerRead: number;
}

async function* checkPage(check: Check, items: readonly Item[]): AsyncGenerator<StoreFinding> {
  const { store, layouts } = check;
  const related = relatedIn([...items, ...(await readRelated(check, items))]);
  const suspects = items.filter((item) => checkItem(layouts, item, related, store.now()).length > 0);
  for (const suspect of suspects) yield* await confirm(check, suspect);
}

/** What the items of a page refer to beyond the page, one paid request after the other. */
async function readRelated({ store, layouts, keysPerRead }: Check, items: readonly Item[]) {
  const onPage = new Set(items.map(keyText));
  const keys = distinct(items.flatMap((item) => relatedKeys(layouts, item))).filter((key) => !onPage.has(keyText(key)));
  const found: (Item | undefined)[] = [];
  for (let at = 0; at < keys.length; at += keysPerRead)
    found.push(...(await store.get(keys.slice(at, at + keysPerRead))));
  return found;
}

/** How often an item is looked at that refers to something else each time. */
const looks = 8;

/** The page and what it refers to were read at different moments; what is wrong has to be so at one. */
async function confirm(check: Check, suspect: Item): Promise<StoreFinding[]> {
  const { store, layouts } = check;
  let item = suspect;
  for (let look = 1; look <= looks; look++) {
    const read = distinct([item, ...relatedKeys(layouts, item)]);
    const items = await store.snapshot(read).catch(undefinedIfBusy);
    if (!items) break;
    const [current] = items;
    if (!current) return [];
    const related = new Set(read.map(keyText));
    if (relatedKeys(layouts, current).every((key) => related.has(keyText(key))))
      return checkItem(layouts, current, relatedIn(items), store.now());
    item = current;
    await store.backOff(look);
  }
  return [unconfirmed(layouts, suspect)];
}

function undefinedIfBusy(error: unknown): undefined {
  if (!(error instanceof IdentityStoreError) || error.code !== 'CONFLICT') throw error;
}

const distinct = (keys: readonly Key[]): Key[] => [...new Map(keys.map((key) => [keyText(key), keyOf(key)])).values()];

function relatedIn(items: readonly (Item | undefined)[]): Related {
  const found = new Map(items.flatMap((item) => (item ? [[keyText(item), item] as const] : [])));
  return (key) => found.get(keyText(key));
}
