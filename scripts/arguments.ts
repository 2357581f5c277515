import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Makes the error that a command throws for a wrong call. */
export type Wrong = (message: string) => Error;

/** The flags and words of a command line. Throws what `wrong` makes of an unknown flag. */
export function readFlags<const Options extends NonNullable<ParseArgsConfig['options']>>(
  argv: readonly string[],
  options: Options,
  wrong: Wrong,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

/** Prints the usage where a command line asks for it. @returns whether it does */
export function printsHelp(argv: readonly string[], usage: string, print: (text: string) => void): boolean {
  const asked = argv[0] === 'help' || argv.some((word) => word === '--help' || word === '-h');
  if (asked) print(usage);
  return asked;
}

/** The value, if it is one of those. Throws what `wrong` makes of a message that names the allowed ones. */
export function oneOf<T extends string>(what: string, value: string, allowed: readonly T[], wrong: Wrong): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found) return found;
  throw wrong(value ? `${what} '${value}' is not allowed; allowed are ${allowed.join(', ')}` : `a ${what} is missing`);
}
