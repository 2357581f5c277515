import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type NetworkListName, networkListNames, networkListsRow } from '../../contract/network-lists.ts';
import { type Network, parseNetwork } from '../../contract/networks.ts';
import { rateLimitTableKeys } from '../../contract/tables.ts';
import { keptFresh } from '../gateway/kept-fresh.ts';

export type NetworkLists = Readonly<Record<NetworkListName, readonly Network[]>>;

export interface NetworkListsOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Told what is wrong with the row, or why it could not be read. */
  readonly onProblem: (problem: string, error?: unknown) => void;
  /** @default the system clock */
  readonly now?: () => Date;
}

/** An edit is in force after so many milliseconds at the latest. */
const freshFor = 60_000;
/** After a failure the table is left alone for so long. */
const retryAfter = 5_000;
/** The lists must not use up the time in which the request has to be answered. */
const readTimeout = 1_000;

const none: NetworkLists = { suspicious: [], admin: [] };

/**
 * The lists that operators edit, kept in memory for a minute. While the row cannot be read, or holds something that is no network,
 * the last good lists stay; without any, the good entries of the row.
 *
 * @returns asked before each decision; never rejects
 */
export function networkLists(options: NetworkListsOptions): () => Promise<NetworkLists> {
  const { now = () => new Date(), onProblem } = options;
  const read = async (before: NetworkLists | undefined) => {
    const { problem, lists } = parseRow(await readRow(options));
    if (problem) onProblem(problem);
    return problem && before ? before : lists;
  };
  const current = keptFresh<NetworkLists>({
    read: (before) =>
      read(before).catch((error: unknown) => {
        onProblem('the network lists cannot be read', error);
        throw error;
      }),
    freshFor,
    retryAfter,
    now,
  });
  return () => current().catch(() => none);
}

async function readRow({ client, tableName }: NetworkListsOptions): Promise<Record<string, AttributeValue>> {
  const command = new GetItemCommand({
    TableName: tableName,
    Key: { [rateLimitTableKeys.partitionKey]: { S: networkListsRow.key } },
    ConsistentRead: true,
  });
  const { Item = {} } = await client.send(command, { abortSignal: AbortSignal.timeout(readTimeout) });
  return Item;
}

/** What the row says, as far as it is good, and the first thing in it that is not. */
export function parseRow(row: Record<string, AttributeValue>): { lists: NetworkLists; problem?: string } {
  const problems: string[] = [];
  const listed = (name: NetworkListName): Network[] => {
    const attribute = row[name];
    if (attribute && !attribute.L) problems.push(`the list '${name}' is not a list`);
    return (attribute?.L ?? []).flatMap((entry) => {
      const text = entry.M?.[networkListsRow.network]?.S;
      const network = text === undefined ? undefined : parseNetwork(text);
      if (!network)
        problems.push(`the list '${name}' has an entry that is no network: ${JSON.stringify(text ?? entry)}`);
      return network ?? [];
    });
  };
  const lists = Object.fromEntries(networkListNames.map((name) => [name, listed(name)])) as Record<
    NetworkListName,
    Network[]
  >;
  return { lists, ...(problems[0] && { problem: problems[0] }) };
}
