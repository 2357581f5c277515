import { type Stage, stages } from '../../contract/environment.ts';
import { type NetworkListName, networkListNames } from '../../contract/network-lists.ts';
import { oneOf, readFlags } from '../arguments.ts';
import { NetworksError } from './networks-error.ts';

const commands = ['list', 'add', 'remove'] as const;

export interface Arguments {
  readonly command: (typeof commands)[number];
  readonly list: NetworkListName;
  readonly networks: readonly string[];
  /** Whose table it is; not with `table`. */
  readonly stage?: Stage | undefined;
  readonly table?: string | undefined;
  /** Of DynamoDB, where it is not AWS's. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly note?: string | undefined;
}

export const usage = `npm run networks -- <command> --list ${networkListNames.join('|')} (--stage ${stages.join('|')} | --table NAME)

  list                            the networks on the list
  add NETWORK… [--note 'why']     put networks or addresses on it
  remove NETWORK…                 take them off

Needs credentials for the account, and dynamodb:GetItem and UpdateItem on the table; with --stage also dynamodb:ListTables. An edit is
in force within a minute. --region names another Region than that of the credentials. For the stack of npm start give --endpoint with
the address of its DynamoDB, which its page / shows.`;

const options = {
  list: { type: 'string' },
  stage: { type: 'string' },
  table: { type: 'string' },
  endpoint: { type: 'string' },
  region: { type: 'string' },
  note: { type: 'string' },
} as const;

/** What `npm start` calls its table. */
const localTable = 'gatehouse-rate-limit';

/** Throws `NetworksError` `USAGE`. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = readFlags(argv, options, wrong);
  const [name = '', ...networks] = positionals;
  const command = oneOf('command', name, commands, wrong);
  const list = oneOf('--list', values.list ?? '', networkListNames, wrong);
  if (command === 'list' && networks.length > 0) throw wrong(`'${networks[0]}' is not expected after list`);
  if (command !== 'list' && networks.length === 0) throw wrong(`${command} needs a network`);
  if (command !== 'add' && values.note) throw wrong(`--note is not an option of ${command}`);
  const table = values.table ?? (values.endpoint && !values.stage ? localTable : undefined);
  if ((table === undefined) === (values.stage === undefined)) throw wrong('give one of --stage and --table');
  const stage = values.stage === undefined ? undefined : oneOf('--stage', values.stage, stages, wrong);
  return { command, list, networks, stage, table, endpoint: values.endpoint, region: values.region, note: values.note };
}

const wrong = (message: string) => new NetworksError('USAGE', `${message}\n\n${usage}`);
