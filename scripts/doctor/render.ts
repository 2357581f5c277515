import { showEndpoint } from '../../lambda/policy/plugin-endpoints.ts';
import { showText } from './show-value.ts';
import type { ReportedSetting, StageReport } from './stage-report.ts';

/** A report as text: a line for each setting, and under it what is to be said about it. */
export function render({ stage, settings, problems, plugins, signingKeys }: StageReport): string {
  const width = Math.max(...settings.map(({ setting }) => setting.length));
  const weak = settings.filter(({ warning, problem }) => warning && !problem).length;
  const dangerous =
    problems.length +
    settings.filter(({ problem }) => problem).length +
    plugins.flatMap((plugin) => plugin.problems).length;
  return [
    stage,
    ...settings.flatMap((setting) => settingLines(setting, width)),
    ...problems.map((problem) => `  refused: ${problem}`),
    ...plugins.flatMap(({ id, endpoints, warnings, problems: refused }) => [
      `  plugin ${id}`,
      ...endpoints.map((endpoint) => `    opens ${showEndpoint(endpoint)}`),
      ...warnings.map((warning) => `    weak: ${warning}`),
      ...refused.map((problem) => `    refused: ${problem}`),
    ]),
    `  signing keys: ${keysText(signingKeys)}`,
    ...(signingKeys.state === 'unchecked' ? [] : signingKeys.messages.map((message) => `    ${message}`)),
    `  ${dangerous} refused, ${weak} weak`,
  ].join('\n');
}

function settingLines(
  { setting, value, source, standard, problem, warning }: ReportedSetting,
  width: number,
): string[] {
  const from = source === 'default' ? 'default' : `from ${source}`;
  return [
    `  ${setting.padEnd(width)}  ${showText(value)}  (${[from, standard].filter(Boolean).join('; ')})`,
    ...(problem ? [`    refused: ${setting} ${problem}`] : []),
    ...(warning && !problem ? [`    weak: ${setting} ${warning}`] : []),
  ];
}

function keysText({ state, messages }: StageReport['signingKeys']): string {
  if (state === 'agrees') return 'what is published agrees with what is on record';
  return state === 'differs' ? 'what is published differs from what is on record' : `not compared: ${messages[0]}`;
}
