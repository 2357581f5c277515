import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What `npm run` hands down of this repository's own .npmrc, which no stranger has. */
const ownSettings = /^npm_config_(engine_strict|ignore_scripts|save_exact|omit_lockfile_registry_resolved)$/i;

/** This process's environment, without those. */
export const strangersEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !ownSettings.test(name)));

/** A command that ended with another code than 0; its message has what was written. */
export class CommandError extends Error {}

/**
 * Runs a command to its end.
 *
 * @returns what it wrote to standard output.
 * @throws CommandError
 */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, environment = {} }: { cwd: string; environment?: Readonly<Record<string, string>> },
): Promise<string> {
  try {
    const env = { ...strangersEnvironment(), ...environment };
    const { stdout } = await execute(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    throw new CommandError(stdout || stderr ? `${[command, ...args].join(' ')}:\n${stdout}${stderr}` : message);
  }
}

/** What it writes when it fails. Throws if it does not. */
export async function failure(promise: Promise<string>): Promise<string> {
  const output = await promise.catch((error: unknown) => error);
  if (output instanceof CommandError) return output.message;
  throw output instanceof Error ? output : new Error(`expected a failure; got: ${output}`);
}
