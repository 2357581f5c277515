/**
 * A process of its own for the races. For each line, a `Round` as JSON, it guesses wrong as often as that says, all at once, and prints
 * what became of its guesses.
 */
import { createInterface } from 'node:readline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { lockoutDefaults } from '../../../../contract/lockout-defaults.ts';
import { createLockout } from '../../../../lambda/limits/lockout/lockout.ts';
import { awsConfig } from '../../../support/tables.ts';

export interface Rivalry {
  readonly endpoint: string;
  readonly secret: string;
  readonly time: string;
  /** Which process this is. */
  readonly name: string;
}

/** Each round guesses at an account of its own. */
export interface Round {
  readonly name: string;
  readonly tries: number;
  /** All guesses come from one source; otherwise each from its own. */
  readonly oneSource: boolean;
}

/** What became of the guesses of one process in one round. */
export interface Looked {
  readonly wrong: number;
  readonly locks: string[];
}

const rivalry = JSON.parse(process.argv[2] ?? '{}') as Rivalry;
const client = new DynamoDBClient(awsConfig(rivalry.endpoint));
const lockout = createLockout({
  client,
  tableName: 'limits',
  secret: rivalry.secret,
  settings: lockoutDefaults,
  now: () => new Date(rivalry.time),
});

async function guess({ name, oneSource }: Round, which: number) {
  const source = oneSource ? 'one' : `${rivalry.name}-${which}`;
  const attempt = await lockout.arrive({ login: `email:${name}`, source, device: undefined });
  if (attempt.refusedBy) return undefined;
  // As long as a hash takes, so that the others arrive meanwhile.
  await new Promise(setImmediate);
  return attempt.fail();
}

process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const round = JSON.parse(line) as Round;
  const guesses = await Promise.all(Array.from({ length: round.tries }, (_, which) => guess(round, which)));
  const looked = guesses.filter((locks) => locks !== undefined);
  const result: Looked = { wrong: looked.length, locks: looked.flat().map(({ scope }) => scope) };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
client.destroy();
