import { Token } from 'aws-cdk-lib';
import type { SettingProblem } from '../contract/settings.ts';

/** Settings that are given and not whole numbers from `least` to `most`. One that is known at deployment only passes. */
export function rangeProblems(
  settings: Readonly<Record<string, number | undefined>>,
  least: number,
  most: number,
  unit = '',
): SettingProblem[] {
  const allowed = `whole numbers from ${least}${most === Infinity ? '' : ` to ${most}`}${unit && `, in ${unit}`}`;
  return Object.entries(settings).flatMap(([setting, value]) =>
    value === undefined || Token.isUnresolved(value) || (Number.isInteger(value) && value >= least && value <= most)
      ? []
      : [{ setting, message: `${value} is not allowed; allowed are ${allowed}` }],
  );
}
