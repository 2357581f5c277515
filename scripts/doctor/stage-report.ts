import { type CheckedSetting, checkSettings, optionProblems } from '../../contract/check-settings.ts';
import type { SettingProblem } from '../../contract/settings.ts';
import { stackSettings } from '../../contract/stack-settings.ts';
import type { PluginDescription } from '../../lambda/policy/plugin-check.ts';
import { checkStage } from '../../lib/config.ts';
import { configFileName } from '../keys/config-source.ts';
import type { KeysReport } from './check-keys.ts';
import type { LoadedStage } from './load-stages.ts';

/** A setting, and the file that says so; `default` where none does. */
export interface ReportedSetting extends Omit<CheckedSetting, 'given'> {
  readonly source: string;
}

/** What the doctor says of a stage; also the shape of `--json`. */
export interface StageReport {
  readonly stage: string;
  readonly settings: readonly ReportedSetting[];
  /** Refused, beside what the settings themselves say: combinations, and names that nothing reads. */
  readonly problems: readonly string[];
  readonly plugins: readonly PluginDescription[];
  readonly signingKeys: KeysReport;
}

/** The settings of a stage, and everything that is refused. */
export function reportSettings(loaded: LoadedStage): Pick<StageReport, 'settings' | 'problems'> {
  const { stage, config, options, optionsFile } = loaded;
  const refused = configProblems(loaded);
  // What is said of a weak value takes a well-formed one for granted.
  const rules = refused.length > 0 ? stackSettings.map(({ warning: _, ...rule }) => rule) : stackSettings;
  const fromConfig = checkSettings(config, stage, rules);
  const settings = [
    ...fromConfig.map((setting) => ({
      ...sourced(setting, configFileName),
      problem: refused.find(({ setting: name }) => name === setting.setting)?.message,
    })),
    ...checkSettings(options, stage).map((setting) => sourced(setting, optionsFile)),
  ];
  const shown = new Set(settings.filter(({ problem }) => problem).map(({ setting }) => setting));
  const deployment = { stage, baseUrl: baseUrlOf(loaded), trustedOrigins: config.trustedOrigins ?? [] };
  const problems = [
    ...refused.map(({ setting, message }) => ({ setting, message: `${setting}: ${message}` })),
    ...optionProblems(options, deployment),
  ];
  return { settings, problems: problems.filter(({ setting }) => !shown.has(setting)).map(({ message }) => message) };
}

const sourced = ({ given, ...setting }: CheckedSetting, file: string): ReportedSetting => ({
  ...setting,
  source: given ? file : 'default',
});

/** Whether a report makes the command fail. */
export const isDangerous = ({ settings, problems, plugins, signingKeys }: StageReport): boolean =>
  problems.length > 0 ||
  settings.some(({ problem }) => problem !== undefined) ||
  plugins.some((plugin) => plugin.problems.length > 0) ||
  signingKeys.state === 'differs';

/** Where the stage is, when its configuration tells. */
export function baseUrlOf({ config }: Pick<LoadedStage, 'config'>): string | undefined {
  return config.domain ? `https://${config.domain.name}` : config.baseUrl;
}

/** What synth refuses, in its words. */
function configProblems({ stage, config }: LoadedStage): SettingProblem[] {
  try {
    checkStage(stage, config);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => {
      const [setting = '', message = ''] = line.split(/: (.*)/s);
      return { setting, message };
    });
  }
}
