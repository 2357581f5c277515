import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { maxNetworks, type NetworkListName, networkListsRow } from '../../contract/network-lists.ts';
import { rateLimitTableKeys } from '../../contract/tables.ts';
import { NetworksError } from './networks-error.ts';

export interface NetworkTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

export interface ListEntry {
  /** In CIDR notation; what stands there when it is none. */
  readonly network: string;
  readonly added?: string | undefined;
  readonly note?: string | undefined;
}

export type Edit =
  | { readonly add: readonly string[]; readonly note?: string | undefined; readonly now: Date }
  | { readonly remove: readonly string[] };

type Row = Record<string, AttributeValue>;

/** As often as other operators may be faster. */
const tries = 10;

export async function readList(table: NetworkTable, list: NetworkListName): Promise<ListEntry[]> {
  return entriesOf(await readRow(table), list).map(({ M = {} }) => ({
    network: networkOf({ M }),
    added: M.added?.S,
    note: M.note?.S,
  }));
}

/**
 * Changes a list, whole or not at all. The write holds only when nobody else has written since the read; otherwise it is done again on
 * what they left, so that no operator loses an entry of another one.
 *
 * @param edit with networks in their canonical form
 * @returns the networks that were not there, or there, before
 */
export async function editList(table: NetworkTable, list: NetworkListName, edit: Edit): Promise<string[]> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const row = await readRow(table);
    const entries = entriesOf(row, list);
    const { changed, next } = applied(entries, list, edit);
    if (changed.length === 0 || (await write(table, list, next, row[networkListsRow.version]?.N))) return changed;
  }
  throw new NetworksError('CONFLICT', `the list '${list}' kept changing; nothing was changed, please try again`);
}

/** Entries that are not touched stay as they are, good or not. */
function applied(entries: AttributeValue[], list: NetworkListName, edit: Edit) {
  const present = new Set(entries.map(networkOf));
  if ('remove' in edit) {
    const missing = edit.remove.find((network) => !present.has(network));
    if (missing) throw new NetworksError('NETWORK_MISSING', `'${missing}' is not on the list '${list}'`);
    const changed = [...new Set(edit.remove)];
    return { changed, next: entries.filter((entry) => !changed.includes(networkOf(entry))) };
  }
  const changed = [...new Set(edit.add)].filter((network) => !present.has(network));
  const added = changed.map((network) => ({
    M: {
      [networkListsRow.network]: { S: network },
      added: { S: edit.now.toISOString() },
      ...(edit.note && { note: { S: edit.note } }),
    },
  }));
  const next = [...entries, ...added];
  if (next.length > maxNetworks) {
    throw new NetworksError(
      'LIST_FULL',
      `the list '${list}' would have ${next.length} entries; at most ${maxNetworks}`,
    );
  }
  return { changed, next };
}

/** @returns whether nobody else was faster */
async function write(table: NetworkTable, list: NetworkListName, entries: AttributeValue[], version = '0') {
  try {
    await table.client.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: rowKey,
        UpdateExpression: 'SET #list = :entries, #version = :next',
        ConditionExpression: version === '0' ? 'attribute_not_exists(#version)' : '#version = :version',
        ExpressionAttributeNames: { '#list': list, '#version': networkListsRow.version },
        ExpressionAttributeValues: {
          ':entries': { L: entries },
          ':next': { N: String(Number(version) + 1) },
          ...(version !== '0' && { ':version': { N: version } }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

const rowKey = { [rateLimitTableKeys.partitionKey]: { S: networkListsRow.key } };

async function readRow({ client, tableName }: NetworkTable): Promise<Row> {
  const { Item = {} } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: rowKey, ConsistentRead: true }),
  );
  return Item;
}

const entriesOf = (row: Row, list: NetworkListName): AttributeValue[] => row[list]?.L ?? [];

const networkOf = (entry: AttributeValue): string => entry.M?.[networkListsRow.network]?.S ?? JSON.stringify(entry);
