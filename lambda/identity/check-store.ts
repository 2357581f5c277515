import { type DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { getAuthTables } from 'better-auth/db';
import type { BetterAuthOptions } from 'better-auth/types';
import { defaultListing } from './adapter.ts';
import { checkItem, type Related } from './check-item.ts';
import { storeError } from './failures.ts';
import type { StoreFinding } from './finding.ts';
import { relatedKeys } from './item-kind.ts';
import { type Item, keyText } from './keys.ts';
import { type Layouts, layoutsOf } from './layout.ts';
import { inParallel } from './parallel.ts';
import { Store } from './store.ts';
import { timerWait } from './timer-wait.ts';
import { fromAttributes } from './values.ts';

export interface CheckStoreInput {
  /** With the operator's own credentials: Scan, BatchGetItem and GetItem (of which TransactGetItems is made) on the table. */
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** The options that the table is used with; of these, the plugins and fields matter. */
  readonly auth: BetterAuthOptions;
  /** As the adapter's. @default ['user', 'jwks'] */
  readonly listing?: readonly string[] | 'all';
  /** Called for each finding as it is found; the check waits for it. */
  readonly onFinding?: (finding: StoreFinding) => void | Promise<void>;
  /** Read capacity that the check uses per second, so that it takes none from users. @default 500 */
  readonly readUnitsPerSecond?: number;
  /** @default () => new Date() */
  readonly now?: () => Date;
  /** Waits between pages. @default - a timer */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

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
  const store = new Store({ client, tableName, now, wait, listingLimit: 0 });
  const layouts = layoutsOf(getAuthTables(input.auth), input.listing ?? defaultListing);
  let items = 0;
  let findings = 0;
  let start: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const page = await scan(client, tableName, start);
    const found = await checkPage(store, layouts, page.items);
    items += page.items.length;
    for (const finding of found) {
      findings++;
      await input.onFinding?.(finding);
    }
    start = page.next;
    if (start) await wait((1_000 * page.units * readFactor) / readUnitsPerSecond);
  } while (start);
  return { items, findings };
}

/** A page is read once, and so is, roughly, what its items have to agree with. */
const readFactor = 2;

async function scan(
  client: DynamoDBClient,
  TableName: string,
  ExclusiveStartKey: ScanCommandOutput['LastEvaluatedKey'],
) {
  const command = new ScanCommand({
    TableName,
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

async function checkPage(store: Store, layouts: Layouts, items: readonly Item[]): Promise<StoreFinding[]> {
  const keys = items.map((item) => relatedKeys(layouts, item));
  const related = relatedIn(await store.get(keys.flat()));
  const suspects = items.filter((item) => checkItem(layouts, item, related, store.now()).length > 0);
  return (await inParallel(suspects, (item) => confirm(store, layouts, item))).flat();
}

/** The page and what it refers to were read at different moments; what is wrong has to be so at one. */
async function confirm(store: Store, layouts: Layouts, suspect: Item): Promise<StoreFinding[]> {
  for (let item = suspect; ; ) {
    const keys = relatedKeys(layouts, item);
    const [current, ...others] = await store.snapshot([item, ...keys]);
    if (!current) return [];
    const read = new Set(keys.map(keyText));
    if (relatedKeys(layouts, current).every((key) => read.has(keyText(key))))
      return checkItem(layouts, current, relatedIn(others), store.now());
    item = current;
  }
}

function relatedIn(items: readonly (Item | undefined)[]): Related {
  const found = new Map(items.flatMap((item) => (item ? [[keyText(item), item] as const] : [])));
  return (key) => found.get(keyText(key));
}
