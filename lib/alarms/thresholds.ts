import { Token } from 'aws-cdk-lib';
import { type AlarmName, alarmThresholds } from '../../contract/alarm-defaults.ts';
import type { SettingProblem } from '../../contract/settings.ts';

/** Why thresholds are refused: CloudWatch would take them, and the alarm would ring always or never. */
export function thresholdProblems(
  setting: string,
  thresholds: Readonly<Partial<Record<AlarmName, number>>> = {},
): SettingProblem[] {
  return Object.entries(thresholds).flatMap(([name, threshold]) => {
    if (threshold === undefined || Token.isUnresolved(threshold)) return [];
    if (!(name in alarmThresholds)) {
      return [{ setting, message: `'${name}' is no alarm; allowed are ${Object.keys(alarmThresholds).join(', ')}` }];
    }
    const least = aboveZero.has(name) ? 'above 0' : 'from 0';
    const allowed = Number.isFinite(threshold) && (aboveZero.has(name) ? threshold > 0 : threshold >= 0);
    if (allowed) return [];
    return [{ setting: `${setting}.${name}`, message: `'${threshold}' is not allowed; allowed are numbers ${least}` }];
  });
}

/** Fewer than no requests never come in, and a band needs a width. */
const aboveZero: ReadonlySet<string> = new Set<AlarmName>(['NoRequests', 'SignInFailureAnomaly']);
