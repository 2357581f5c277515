import { type Stage, stages } from '../../contract/environment.ts';
import { type SigningAlgorithm, signingAlgorithms } from '../../contract/signing.ts';
import { oneOf, readFlags } from '../arguments.ts';
import { KeysError } from './keys-error.ts';

const commands = ['list', 'check', 'init', 'add', 'activate', 'retire', 'drop'] as const;
type Command = (typeof commands)[number];

export interface Arguments {
  readonly command: Command;
  /** The key of activate, retire and drop; of add when one is chosen. */
  readonly id?: string | undefined;
  /** @default - the only stage of the configuration; list shows all */
  readonly stage?: Stage | undefined;
  /** @default - the one of the stage's settings, or else all that are on record */
  readonly region?: string | undefined;
  readonly algorithm?: SigningAlgorithm | undefined;
  /** Why a wait is lifted. */
  readonly emergency?: string | undefined;
  /** Where the stage answers, for check. @default - the name or base URL of its configuration */
  readonly url?: string | undefined;
  /** For check: the physical id of the stack's custom resource, which is its record of the published keys. */
  readonly record?: string | undefined;
  readonly lockOnly: boolean;
  readonly json: boolean;
}

export const usage = `npm run keys -- <command> [--stage ${stages.join('|')}] [--region REGION] [--json]

  list                                what is on record, and from when the next step is allowed
  check [--url URL] [--record ID]     whether what the stage publishes is what is on record
  init                                put the configured keys on record, before a first deployment
  add [--algorithm ES256] [--id ID]   a new key: 'next', published and not used
  activate ID [--emergency 'why']     it signs from now on; the active key of its algorithm retires
  retire ID                           it signs no more, without a successor
  drop ID [--emergency 'why']         it is published no more

Each step edits gatehouse.config.ts and signing-keys.lock.json; review the diff, merge it and deploy it. --emergency lifts the wait of
that one step. A step is taken in all Regions that the stage has on record, unless --region names one. --lock-only writes the lock file
alone, where the configuration has to be edited by hand.`;

const options = {
  stage: { type: 'string' },
  region: { type: 'string' },
  algorithm: { type: 'string' },
  id: { type: 'string' },
  emergency: { type: 'string' },
  url: { type: 'string' },
  record: { type: 'string' },
  'lock-only': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const optionsOf: Readonly<Record<Command, readonly string[]>> = {
  list: [],
  check: ['url', 'record'],
  init: ['lock-only'],
  add: ['algorithm', 'id', 'lock-only'],
  activate: ['emergency', 'lock-only'],
  retire: ['lock-only'],
  drop: ['emergency', 'lock-only'],
};

/** Throws `KeysError` `USAGE`. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = readFlags(argv, options, wrong);
  const [name = '', id, ...rest] = positionals;
  const command = oneOf('command', name, commands, wrong);
  const takesId = ['activate', 'retire', 'drop'].includes(command);
  if (takesId && !id) throw wrong(`${command} needs the id of a key`);
  const unexpected = takesId ? rest[0] : id;
  if (unexpected) throw wrong(`'${unexpected}' is not expected after ${command}`);
  for (const option of ['algorithm', 'id', 'emergency', 'url', 'record', 'lock-only'] as const) {
    if (values[option] && !optionsOf[command].includes(option))
      throw wrong(`--${option} is not an option of ${command}`);
  }
  if (values.emergency?.trim() === '') throw wrong("--emergency needs the reason, such as --emergency 'key leaked'");
  return {
    command,
    id: takesId ? id : values.id,
    stage: values.stage === undefined ? undefined : oneOf('--stage', values.stage, stages, wrong),
    region: values.region,
    algorithm:
      values.algorithm === undefined
        ? undefined
        : oneOf('--algorithm', values.algorithm, Object.keys(signingAlgorithms) as SigningAlgorithm[], wrong),
    emergency: values.emergency,
    url: values.url,
    record: values.record,
    lockOnly: values['lock-only'],
    json: values.json,
  };
}

const wrong = (message: string) => new KeysError('USAGE', `${message}\n\n${usage}`);
