import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parseNetwork } from '../../contract/networks.ts';
import { printsHelp } from '../arguments.ts';
import { type Arguments, parseArguments, usage } from './arguments.ts';
import { canonicalNetwork } from './canonical-network.ts';
import { editList, type NetworkTable, readList } from './edit-list.ts';
import { findTable } from './find-table.ts';
import { NetworksError } from './networks-error.ts';

export interface NetworksHost {
  readonly now: Date;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

/** @returns the exit code: 0, 1 for what was refused, 2 for a wrong call */
export async function runNetworks(argv: readonly string[], host: NetworksHost): Promise<number> {
  if (printsHelp(argv, usage, host.print)) return 0;
  let client: DynamoDBClient | undefined;
  try {
    const given = parseArguments(argv);
    // Before anything is asked of AWS: one bad entry refuses all. What is no network can still be taken off.
    const networks = given.networks.map(given.command === 'add' ? canonicalNetwork : canonicalOrAsGiven);
    client = createClient(given);
    const table = { client, tableName: given.table ?? (await findTable(client, given.stage!)) };
    await run(given, networks, table, host);
    return 0;
  } catch (error) {
    if (!(error instanceof NetworksError)) throw error;
    host.printError(`${error.code}: ${error.message}`);
    return error.code === 'USAGE' ? 2 : 1;
  } finally {
    client?.destroy();
  }
}

async function run({ command, list, note }: Arguments, networks: string[], table: NetworkTable, host: NetworksHost) {
  if (command === 'list') {
    const entries = await readList(table, list);
    if (entries.length === 0) host.print(`the list '${list}' of ${table.tableName} is empty`);
    for (const entry of entries) {
      const remark = parseNetwork(entry.network) ? entry.note : 'NOT A NETWORK: nothing is matched with it; remove it';
      host.print([entry.network, entry.added, remark].filter(Boolean).join('  '));
    }
    return;
  }
  const edit = command === 'add' ? { add: networks, note, now: host.now } : { remove: networks };
  const changed = await editList(table, list, edit);
  for (const network of networks) {
    const done = command === 'add' ? 'added to' : 'removed from';
    host.print(`${network} ${changed.includes(network) ? done : 'was already on'} the list '${list}'`);
  }
}

function canonicalOrAsGiven(text: string): string {
  try {
    return canonicalNetwork(text);
  } catch {
    return text;
  }
}

/** A local DynamoDB takes any credentials, but not none. */
function createClient({ endpoint, region }: Arguments): DynamoDBClient {
  if (!endpoint) return new DynamoDBClient({ ...(region && { region }) });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint, region: region ?? 'us-east-1', credentials });
}
