import { type DetectionSettings, detectionDefaults } from './detection-defaults.ts';
import type { SettingRule } from './setting-rule.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const asvs = 'ASVS 5.0 6.3.5';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** On which side of the default a value is weaker, and what of it. */
  readonly weaker: 'above' | 'below';
  readonly consequence: string;
}

const numberRule = (
  name: 'failures' | 'failureWindow' | 'memory',
  { min, max, unit, weaker, consequence }: Range,
): SettingRule => ({
  setting: `detection.${name}`,
  default: detectionDefaults[name],
  standard: asvs,
  problem: (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `is ${JSON.stringify(value)}; allowed are whole ${unit} from ${min} to ${max}`,
  warning: (value) => {
    const difference = (value as number) - detectionDefaults[name];
    return (weaker === 'above' ? difference > 0 : difference < 0) ? consequence : undefined;
  },
});

const switchRule = (name: keyof DetectionSettings, consequence: string): SettingRule => ({
  setting: `detection.${name}`,
  default: detectionDefaults[name],
  standard: asvs,
  problem: (value) =>
    typeof value === 'boolean' ? undefined : `is ${JSON.stringify(value)}; allowed are true and false`,
  warning: (value) => (value === false ? consequence : undefined),
});

/** The rules on each setting of `detection`. */
export const detectionSettings: readonly SettingRule[] = [
  switchRule('enabled', 'lets a stolen password or cookie be used unnoticed'),
  numberRule('failures', {
    min: 2,
    max: 100,
    unit: 'failures',
    weaker: 'above',
    consequence: 'lets more guesses pass unnoticed',
  }),
  numberRule('failureWindow', {
    min: minute,
    max: hour,
    unit: 'seconds',
    weaker: 'below',
    consequence: 'lets slower guesses pass unnoticed',
  }),
  numberRule('memory', {
    min: day,
    max: 90 * day,
    unit: 'seconds',
    weaker: 'above',
    consequence: 'lets an attacker return unnoticed to where a user has not been for long',
  }),
  switchRule('mail', 'leaves it to the logs: users are not told what only they can judge'),
  {
    setting: 'detection.onSuspicious',
    default: undefined,
    standard: asvs,
    problem: (value) =>
      value === undefined || typeof value === 'function'
        ? undefined
        : `is ${JSON.stringify(value)}; allowed is a function`,
  },
];
