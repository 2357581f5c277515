import { parseArgs } from 'node:util';
import { type Stage, stages } from '../../contract/environment.ts';

export interface Arguments {
  /** @default - every stage of the configuration */
  readonly stage: Stage | undefined;
  /** Where the stage is. @default - the name or base URL of its configuration */
  readonly url: string | undefined;
  /** Ask nothing over the network. */
  readonly offline: boolean;
  readonly json: boolean;
}

export const usage = `npm run doctor -- [--stage <stage>] [--url <base URL>] [--offline] [--json]

Prints every security setting that is in force in a stage, where it was set, which standard asks for it, and what is weak; what plugins
open; and whether the stage publishes the signing keys on record. Exits with 1 where something is dangerous or differs.`;

/** Throws an error with the usage. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { stage, url, offline, json } = parse(argv);
  const known = stages.find((name) => name === stage);
  if (stage !== undefined && !known) throw wrong(`--stage '${stage}' is not allowed; allowed are ${stages.join(', ')}`);
  if (url !== undefined && !known) throw wrong('--url needs --stage');
  return { stage: known, url, offline, json };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        stage: { type: 'string' },
        url: { type: 'string' },
        offline: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

const wrong = (message: string) => new UsageError(`${message}\n\n${usage}`);

export class UsageError extends Error {
  override readonly name = 'UsageError';
}
