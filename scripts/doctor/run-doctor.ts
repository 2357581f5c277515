import { printsHelp } from '../arguments.ts';
import { type Arguments, parseArguments, UsageError, usage } from './arguments.ts';
import { checkKeys, unchecked } from './check-keys.ts';
import { inspectPlugins } from './inspect-plugins.ts';
import { type LoadedStage, loadStages } from './load-stages.ts';
import { render } from './render.ts';
import { showable } from './show-value.ts';
import { isDangerous, reportSettings, type StageReport } from './stage-report.ts';

export interface DoctorOptions {
  /** The folder of gatehouse.config.ts. */
  readonly root: string;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** @returns the exit code: 0, 1 where something is dangerous or cannot be read, 2 for wrong arguments. */
export async function runDoctor(argv: readonly string[], options: DoctorOptions): Promise<0 | 1 | 2> {
  if (printsHelp(argv, usage, options.print)) return 0;
  try {
    const args = parseArguments(argv);
    const loaded = await loadStages(options.root, args.stage);
    const reports = await Promise.all(loaded.map((stage) => examine(stage, args, options)));
    options.print(args.json ? toJson(reports) : reports.map(render).join('\n\n'));
    return reports.some(isDangerous) ? 1 : 0;
  } catch (error) {
    options.printError((error as Error).message);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function examine(loaded: LoadedStage, args: Arguments, { root }: DoctorOptions): Promise<StageReport> {
  const { settings, problems } = reportSettings(loaded);
  const inspected = await inspectPlugins(loaded);
  return {
    stage: loaded.stage,
    settings,
    problems: [...problems, ...inspected.problems],
    plugins: inspected.plugins,
    signingKeys: args.offline ? unchecked('--offline') : await checkKeys(root, loaded.stage, args.url),
  };
}

const toJson = (reports: readonly StageReport[]): string =>
  JSON.stringify(
    reports.map((report) => ({
      ...report,
      settings: report.settings.map(({ value, setting, ...rest }) => ({
        setting,
        value: showable(value, setting),
        ...rest,
      })),
    })),
    null,
    2,
  );
