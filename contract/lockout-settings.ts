import { type LockoutSettings, lockoutDefaults } from './lockout-defaults.ts';
import type { SettingRule } from './setting-rule.ts';
import type { SettingProblem } from './settings.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const nist = 'NIST SP 800-63B-4 3.2.2; ASVS 5.0 6.3.1';

type NumberSetting = Exclude<keyof LockoutSettings, 'enabled'>;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly unit: 'seconds' | 'failures';
  /** On which side of the default a value is weaker, and what it makes easier. */
  readonly weaker: 'above' | 'below';
  readonly consequence: string;
}

const numberRule = (name: NumberSetting, { min, max, unit, weaker, consequence }: Range): SettingRule => ({
  setting: `lockout.${name}`,
  default: lockoutDefaults[name],
  standard: nist,
  problem: (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `is ${JSON.stringify(value)}; allowed are whole ${unit} from ${min} to ${max}`,
  warning: (value) => {
    const difference = (value as number) - lockoutDefaults[name];
    return (weaker === 'above' ? difference > 0 : difference < 0) ? consequence : undefined;
  },
});

const shorter = (min: number, max: number, consequence: string): Range => ({
  min,
  max,
  unit: 'seconds',
  weaker: 'below',
  consequence,
});
const more = (max: number, consequence: string): Range => ({
  min: 1,
  max,
  unit: 'failures',
  weaker: 'above',
  consequence,
});

/** The rules on each setting of `lockout`. */
export const lockoutSettings: readonly SettingRule[] = [
  {
    setting: 'lockout.enabled',
    default: lockoutDefaults.enabled,
    standard: nist,
    problem: (value) =>
      typeof value === 'boolean' ? undefined : `is ${JSON.stringify(value)}; allowed are true and false`,
    warning: (value) => (value === false ? 'lets a botnet guess at one account without an end' : undefined),
  },
  numberRule('maxFailures', more(100, 'lets one source guess more often')),
  numberRule('window', shorter(minute, day, 'lets one source guess more often')),
  numberRule('duration', shorter(minute, day, 'lets one source guess again sooner')),
  numberRule('maxDuration', shorter(minute, 7 * day, 'lets one source guess more often in the long run')),
  numberRule('resetAfter', shorter(hour, 30 * day, 'lets a patient guesser start again with the shortest lock')),
  numberRule('accountMaxFailures', more(100, 'lets a botnet guess more often')),
  numberRule('accountWindow', shorter(hour, 7 * day, 'lets a botnet guess more often')),
  numberRule('accountDuration', shorter(minute, 7 * day, 'lets a botnet guess again sooner')),
  numberRule('deviceLifetime', {
    min: day,
    max: 400 * day,
    unit: 'seconds',
    weaker: 'above',
    consequence: 'makes a stolen device cookie worth more',
  }),
];

/** The rules across settings; each of them alone is well formed already. */
export function lockoutProblems(options: { readonly lockout?: Partial<LockoutSettings> }): SettingProblem[] {
  const { window, duration, maxDuration, resetAfter } = { ...lockoutDefaults, ...options.lockout };
  const problem = (setting: string, message: string): SettingProblem => ({
    setting: `lockout.${setting}`,
    message: `lockout.${setting} ${message}`,
  });
  return [
    ...(duration > maxDuration
      ? [problem('duration', `is ${duration}; allowed is maxDuration (${maxDuration}) or less`)]
      : []),
    ...(maxDuration > resetAfter
      ? [problem('maxDuration', `is ${maxDuration}; allowed is resetAfter (${resetAfter}) or less`)]
      : []),
    ...(window > resetAfter ? [problem('window', `is ${window}; allowed is resetAfter (${resetAfter}) or less`)] : []),
  ];
}
