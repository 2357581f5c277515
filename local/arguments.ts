import { parseArgs } from 'node:util';

export type Arguments =
  | { readonly help: true }
  | { readonly help: false; readonly port: number; readonly data: string | undefined };

/** A mistake in how the command was called: the process ends with exit code 2. */
export class UsageError extends Error {}

/** @throws UsageError that names the flag or the variable. */
export function readArguments(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Arguments {
  const { help = false, data } = flags(args);
  if (help) return { help };
  if (data === '') throw new UsageError('--data needs a folder');
  const port = variables.PORT ?? '3000';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`PORT is '${port}'; allowed is a number from 0 to 65535, where 0 means any free port`);
  }
  return { help, port: Number(port), data };
}

function flags(args: readonly string[]): { help?: boolean | undefined; data?: string | undefined } {
  try {
    const options = { help: { type: 'boolean', short: 'h' }, data: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export const usage = `Usage: npm start -- [--data DIR]

Runs Gatehouse on this machine: no AWS account, no Docker.

  --data DIR   keep users, sessions, keys and the secret in DIR between runs; in memory otherwise
  --help       show this

Environment:
  PORT               the port on localhost, 3000 by default; 0 for any free one
  DYNAMODB_ENDPOINT  a DynamoDB that runs already, for platforms without dynoxide
`;
