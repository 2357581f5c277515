import { Token } from 'aws-cdk-lib';
import type { Stage } from '../contract/environment.ts';
import { trustedOriginProblems } from '../contract/origin-problems.ts';
import { baseUrlProblems, type SettingProblem } from '../contract/settings.ts';

export interface CheckedSettings {
  readonly stage: Stage;
  readonly baseUrl?: string;
  readonly trustedOrigins?: readonly string[];
}

/** What is wrong with the settings that the function refuses too, as far as synthesis can see them. */
export function settingProblems({ stage, baseUrl, trustedOrigins = [] }: CheckedSettings): SettingProblem[] {
  const origins = trustedOrigins.filter((origin) => !Token.isUnresolved(origin));
  return [
    ...(baseUrl === undefined || Token.isUnresolved(baseUrl) ? [] : baseUrlProblems(baseUrl, stage)),
    ...trustedOriginProblems(origins, stage),
  ];
}

/** Throws what is wrong with the settings. */
export function requireSettings(settings: CheckedSettings): void {
  requireNoProblems(settingProblems(settings));
}

/** Throws the problems, if there are any, each after the name of its setting. */
export function requireNoProblems(problems: readonly SettingProblem[]): void {
  if (problems.length > 0) throw new Error(problems.map(({ setting, message }) => `${setting}: ${message}`).join('; '));
}
