import { printsHelp } from '../arguments.ts';
import { configFileName } from '../keys/config-source.ts';
import { KeysError } from '../keys/keys-error.ts';
import { takeStep } from '../keys/step.ts';
import { openStage, openWorkspace, type Workspace, withKeys } from '../keys/workspace.ts';
import { type Arguments, parseArguments, usage } from './arguments.ts';
import { InitError } from './init-error.ts';
import { keysOf } from './keys.ts';
import { type Answers, questionNames, questions } from './questions.ts';
import { renderConfig } from './render-config.ts';
import { isShipped } from './shipped-config.ts';
import { type InitialStage, stageSettings } from './stage-settings.ts';

export interface InitHost {
  /** The folder of gatehouse.config.ts. */
  readonly root: string;
  readonly now: Date;
  /** Asks one line; undefined where nobody can answer. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

const stages: readonly InitialStage[] = ['dev', 'prod'];

/** @returns the exit code: 0, 1 for what was refused, 2 for a wrong call */
export async function runInit(argv: readonly string[], host: InitHost): Promise<0 | 1 | 2> {
  if (printsHelp(argv, usage, host.print)) return 0;
  try {
    await init(parseArguments(argv), host);
    return 0;
  } catch (error) {
    if (!(error instanceof InitError || error instanceof KeysError)) throw error;
    host.printError(`${error.code}: ${error.message}`);
    return error.code === 'USAGE' ? 2 : 1;
  }
}

async function init({ given, zone, yes }: Arguments, { root, now, ask, print }: InitHost): Promise<void> {
  const opened = openWorkspace(root);
  const isNew = isShipped(opened.config);
  if (!isNew && !yes) await confirm(ask);
  // Nothing of what is shipped was ever deployed at the moment that its record tells.
  const workspace: Workspace = isNew ? { ...opened, lock: { version: 1, stages: {} } } : opened;
  const answers = await complete(given, ask);
  const keys = { dev: keysOf(workspace, 'dev', now), prod: keysOf(workspace, 'prod', now) };
  const config = renderConfig(stageSettings(answers, zone, keys));
  workspace.save(recorded({ ...workspace, config }, now), config);
  print(`${configFileName} and signing-keys.lock.json are written. Next: npm run doctor -- --offline`);
}

/** The lock file with the keys of each stage that has none on record. */
const recorded = (workspace: Workspace, now: Date): Workspace['lock'] =>
  stages
    .flatMap((stage) => openStage(workspace, stage))
    .filter(({ locked }) => locked.length === 0)
    .reduce((lock, section) => {
      const step = { command: 'init', configured: section.source.signingKeys() } as const;
      const plain = step.configured.map(({ id, algorithm, state }) => ({ id, algorithm, state }));
      return withKeys(lock, section, takeStep([], { ...step, configured: plain }, { now, waits: section.waits }));
    }, workspace.lock);

async function confirm(ask: InitHost['ask']): Promise<void> {
  const typed = await ask(`${configFileName} was edited, and would be overwritten. Type 'overwrite' to go on: `);
  if (typed?.trim() === 'overwrite') return;
  throw new InitError('NOT_CONFIRMED', `${configFileName} was edited, and stays as it is; --yes overwrites it`);
}

async function complete(given: Partial<Answers>, ask: InitHost['ask']): Promise<Answers> {
  const answers: Record<string, string> = {};
  for (const name of questionNames) answers[name] = given[name] ?? (await answer(name, ask));
  return answers as Answers;
}

async function answer(name: keyof Answers, ask: InitHost['ask']): Promise<string> {
  const { text, fallback }: { text: string; fallback?: string } = questions[name];
  const typed = (await ask(`${text}${fallback ? ` [${fallback}]` : ''}: `))?.trim();
  const value = typed || fallback;
  if (value !== undefined) return value;
  throw new InitError('USAGE', `--${name} is missing: ${text}`);
}
