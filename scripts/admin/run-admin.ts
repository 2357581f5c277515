import { printsHelp } from '../arguments.ts';
import { AdminError, exitCodeOf } from './admin-error.ts';
import { type Arguments, parseArguments, usage } from './arguments.ts';
import { type AuditRecord, openRecord, type Use } from './audit-record.ts';
import { loadOptions } from './auth-options.ts';
import type { Result } from './commands/command.ts';
import type { Ask } from './confirm.ts';
import { explainError } from './explain-error.ts';
import { localTarget } from './local-target.ts';
import { perform } from './perform.ts';
import { stackTarget } from './stack-target.ts';
import { harmless, json } from './text.ts';

export interface AdminHost {
  /** The folder of gatehouse.config.ts. */
  readonly root: string;
  readonly now: () => Date;
  readonly ask: Ask;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** @returns the exit code, as the usage tells */
export async function runAdmin(argv: readonly string[], host: AdminHost): Promise<number> {
  if (printsHelp(argv, usage, host.print)) return 0;
  try {
    const given = parseArguments(argv);
    const result = await recorded(given, host);
    if (given.json) host.print(json(result.data));
    else for (const line of result.lines) host.print(harmless(line));
    return result.failed ? 1 : 0;
  } catch (thrown) {
    const error = explainError(thrown);
    if (!(error instanceof AdminError)) throw error;
    const { code, message } = error;
    host.printError(argv.includes('--json') ? JSON.stringify({ code, message }) : harmless(`${code}: ${message}`));
    return exitCodeOf(error);
  }
}

/** Nothing is shown before its use is on record, and nothing is done before one can be. */
async function recorded(given: Arguments, host: AdminHost): Promise<Result> {
  const { now } = host;
  const ask: Ask = (question) => host.ask(harmless(question));
  const options = await loadOptions(host.root, given);
  const { place } = given;
  const target = await (place.kind === 'local' ? localTarget(place.url) : stackTarget(place.stack, given.region));
  const record = await openRecord(target, now);
  let use: Use = { command: given.command, sessionId: given.session };
  const onUser = (userId: string) => {
    use = { ...use, userId };
  };
  const progress = given.json ? () => {} : host.print;
  try {
    const result = await perform({ given, target, options, record, now, ask, progress, onUser });
    await record.write('operator_action', { userId: result.userId, ...use });
    return result;
  } catch (thrown) {
    const error = explainError(thrown);
    await recordFailure(record, use, error);
    throw error;
  } finally {
    record.close();
  }
}

/** Beside the error itself, which matters more. */
async function recordFailure(record: AuditRecord, use: Use, error: unknown): Promise<void> {
  const code = error instanceof AdminError ? error.code : 'UNEXPECTED';
  await record.write('operator_action_failed', { ...use, code }).catch(() => {});
}
