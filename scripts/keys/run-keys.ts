import { signingKeyProblems } from '../../lib/signing-key-config.ts';
import type { LockedKey } from '../../lib/signing-key-lock.ts';
import { rotationProblems } from '../../lib/signing-key-rotation.ts';
import { printsHelp } from '../arguments.ts';
import { type Arguments, parseArguments, usage } from './arguments.ts';
import { type CheckReport, checkPublished, renderCheck } from './check-published.ts';
import { configFileName, stageNames } from './config-source.ts';
import { editConfig, signingKeysText } from './edit-config.ts';
import { KeysError } from './keys-error.ts';
import { render, reportOn, type StageReport } from './report.ts';
import { type ConfiguredKey, configuredKeys, freeId, type Step, takeStep } from './step.ts';
import { openStage, openWorkspace, requireRecorded, type StageKeys, type Workspace, withKeys } from './workspace.ts';

export interface KeysOptions {
  /** The folder of gatehouse.config.ts. */
  readonly root: string;
  readonly now: Date;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** @returns the exit code: 0, 1 for what is refused or differs, 2 for wrong arguments. */
export async function runKeys(argv: readonly string[], options: KeysOptions): Promise<0 | 1 | 2> {
  if (printsHelp(argv, usage, options.print)) return 0;
  try {
    const args = parseArguments(argv);
    if (args.command === 'check') {
      const report = await check(args, options);
      options.print(args.json ? JSON.stringify(report, null, 2) : renderCheck(report));
      return report.differences.length > 0 ? 1 : 0;
    }
    const reports = args.command === 'list' ? list(args, options) : change(args, options);
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
  return (stage ? [stage] : stageNames(workspace.config)).flatMap((name) => {
    const sections = openStage(workspace, name, region);
    if (region) requireRecorded(workspace, sections);
    return sections.map((section) => reportOn(section, now));
  });
}

function check(args: Arguments, { root }: KeysOptions): Promise<CheckReport> {
  const workspace = openWorkspace(root);
  const sections = openStage(workspace, args.stage, args.region);
  requireRecorded(workspace, sections);
  const [section, other] = sections as [StageKeys, ...StageKeys[]];
  if (!other) return checkPublished(section, args);
  throw new KeysError(
    'USAGE',
    `--region is missing; stage '${section.stage}' has ${sections.map(({ region }) => region).join(', ')}`,
  );
}

function change(args: Arguments, { root, now }: KeysOptions): StageReport[] {
  const workspace = openWorkspace(root);
  const sections = openStage(workspace, args.stage, args.region);
  if (args.command !== 'init') requireRecorded(workspace, sections);
  const recorded = sections.flatMap(({ locked }) => locked);
  const stepped = sections.map((section) => ({ section, keys: step(section, args, recorded, now) }));
  const config = args.lockOnly ? undefined : editFor(workspace, stepped, now);
  workspace.save(
    stepped.reduce((lock, { section, keys }) => withKeys(lock, section, keys), workspace.lock),
    config,
  );
  const { stage } = sections[0]!;
  return openStage(openWorkspace(root), stage, args.region).map((section) => reportOn(section, now));
}

interface Stepped {
  readonly section: StageKeys;
  /** On record after the step. */
  readonly keys: LockedKey[];
}

/** The keys of a section after the step, if synthesis would take them. */
function step(section: StageKeys, args: Arguments, recorded: readonly LockedKey[], now: Date): LockedKey[] {
  const { locked, waits } = section;
  const keys = takeStep(locked, toStep(args, section, recorded, now), { now, waits });
  // A drop makes a list shorter, and so may mend one that is too long.
  const problems = args.command === 'drop' ? [] : signingKeyProblems(configuredKeys(keys));
  if (problems.length > 0) throw new KeysError('REFUSED', `synth would refuse the result: ${problems.join('; ')}`);
  return keys;
}

/** The configuration for all sections, which share its list: they agree with it, or have only just come to. */
function editFor(workspace: Workspace, stepped: readonly Stepped[], now: Date): string {
  const [config, ...others] = stepped.map(({ section, keys }) => edit(workspace, section, configuredKeys(keys)));
  const problems = stepped.flatMap(({ section, keys }) => disagreements(section, keys, now));
  if (others.some((other) => other !== config)) problems.push('the Regions would need different lists');
  if (problems.length === 0) return config!;
  throw new KeysError('REFUSED', `configuration and lock file have to agree first: ${problems.join('; ')}`);
}

/** None where the configuration has what the step leads to: the step was taken for another Region before. */
function disagreements({ source, locked, waits }: StageKeys, after: readonly LockedKey[], now: Date): string[] {
  const keys = source.signingKeys();
  const reached = rotationProblems({ keys, lock: after, waits, now }).length === 0;
  return reached ? [] : rotationProblems({ keys, lock: locked, waits, now });
}

function toStep(
  { command, id, algorithm, emergency }: Arguments,
  { source }: StageKeys,
  recorded: readonly LockedKey[],
  now: Date,
): Step {
  if (command === 'init') return { command, configured: source.signingKeys() };
  if (command === 'add') return { command, id: id ?? freeId(recorded, now), algorithm };
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
