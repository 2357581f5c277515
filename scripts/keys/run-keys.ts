import { type Arguments, parseArguments } from './arguments.ts';
import { type CheckReport, checkPublished, renderCheck } from './check-published.ts';
import { configFileName, stageNames } from './config-source.ts';
import { editConfig, signingKeysText } from './edit-config.ts';
import { KeysError } from './keys-error.ts';
import { problemsOf, render, reportOn, type StageReport } from './report.ts';
import { type ConfiguredKey, configuredKeys, type Step, takeStep } from './step.ts';
import { openStage, openWorkspace, type StageKeys, type Workspace, withKeys } from './workspace.ts';

export interface KeysOptions {
  /** The folder of gatehouse.config.ts. */
  readonly root: string;
  readonly now: Date;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** @returns the exit code: 0, 1 for what is refused or differs, 2 for wrong arguments. */
export async function runKeys(argv: readonly string[], options: KeysOptions): Promise<0 | 1 | 2> {
  try {
    const args = parseArguments(argv);
    if (args.command === 'check') {
      const report = await check(args, options);
      options.print(args.json ? JSON.stringify(report, null, 2) : renderCheck(report));
      return report.differences.length > 0 ? 1 : 0;
    }
    const reports = args.command === 'list' ? list(args, options) : [change(args, options)];
    options.print(
      args.json ? JSON.stringify(reports, null, 2) : reports.map((one) => render(one, options.now)).join('\n\n'),
    );
    if (args.command !== 'list' && !args.json) options.print('\nReview the diff, merge it and deploy it.');
    return reports.some(({ problems }) => problems.length > 0) && !args.lockOnly ? 1 : 0;
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    const json = argv.includes('--json');
    options.printError(
      json ? JSON.stringify({ code: error.code, message: error.message }) : `${error.code}: ${error.message}`,
    );
    return error.code === 'USAGE' ? 2 : 1;
  }
}

function list({ stage, region }: Arguments, { root, now }: KeysOptions): StageReport[] {
  const workspace = openWorkspace(root);
  const stages = stage ? [stage] : stageNames(workspace.config);
  return stages.map((name) => reportOn(openStage(workspace, name, region), now));
}

function check(args: Arguments, { root }: KeysOptions): Promise<CheckReport> {
  const stage = openStage(openWorkspace(root), args.stage, args.region);
  requireRecorded(stage);
  return checkPublished(stage, args);
}

function change(args: Arguments, { root, now }: KeysOptions): StageReport {
  const workspace = openWorkspace(root);
  const before = openStage(workspace, args.stage, args.region);
  if (args.command !== 'init') requireRecorded(before);
  const keys = takeStep(before.locked, toStep(args, before), { now, waits: before.waits });
  const config = args.lockOnly ? undefined : edit(workspace, before, configuredKeys(keys));
  const problems = args.command === 'init' || args.lockOnly ? [] : problemsOf(before, now);
  if (problems.length > 0) {
    throw new KeysError('REFUSED', `configuration and lock file have to agree first: ${problems.join('; ')}`);
  }
  workspace.save(withKeys(workspace.lock, before, keys), config);
  return reportOn(openStage(openWorkspace(root), before.stage, args.region), now);
}

function requireRecorded({ locked, stage }: StageKeys): void {
  if (locked.length > 0) return;
  throw new KeysError('REFUSED', `no keys are on record; run 'npm run keys -- init --stage ${stage}' first`);
}

function toStep({ command, id, algorithm, emergency }: Arguments, { source }: StageKeys): Step {
  if (command === 'init') return { command, configured: source.signingKeys() };
  if (command === 'add') return { command, id, algorithm };
  if (command === 'retire') return { command, id: id! };
  return { command: command as 'activate' | 'drop', id: id!, emergency };
}

function edit({ config }: Workspace, { stage }: StageKeys, keys: readonly ConfiguredKey[]): string {
  try {
    return editConfig(config, stage, keys);
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    throw new KeysError(
      error.code,
      `${error.message}. Nothing was written. Run the command again with --lock-only, and write into stage '${stage}' of ${configFileName}:\n${signingKeysText(keys)}`,
    );
  }
}
