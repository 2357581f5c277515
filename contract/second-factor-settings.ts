import { secondFactorDefaults } from './second-factor-defaults.ts';
import type { SettingRule } from './setting-rule.ts';

interface Range {
  readonly from: number;
  readonly to: number;
  readonly standard?: string;
  readonly warning?: (value: number) => string | undefined;
}

function wholeNumber(
  name: 'maxAttempts' | 'lockoutMinutes' | 'challengeMinutes' | 'backupCodes' | 'trustedDeviceDays',
  { from, to, standard, warning }: Range,
): SettingRule<number> {
  return {
    setting: `secondFactor.${name}`,
    default: secondFactorDefaults[name],
    ...(standard && { standard }),
    problem: (value) =>
      Number.isInteger(value) && value >= from && value <= to
        ? undefined
        : `is ${JSON.stringify(value)}; allowed are whole numbers from ${from} to ${to}`,
    ...(warning && { warning }),
  };
}

const exemptions: SettingRule<readonly string[]> = {
  setting: 'secondFactor.exemptSignIns',
  default: secondFactorDefaults.exemptSignIns,
  standard: 'ASVS 5.0 6.3.4',
  problem: (value) =>
    Array.isArray(value) && value.every((path) => typeof path === 'string' && path.startsWith('/'))
      ? undefined
      : `is ${JSON.stringify(value)}; allowed is a list of paths such as '/magic-link/verify'`,
  warning: (value) =>
    value.length > 0 ? `has ${value.join(', ')}: whoever gets in there needs no second factor` : undefined,
};

export const secondFactorSettings: readonly SettingRule[] = [
  wholeNumber('maxAttempts', {
    from: 1,
    to: 100,
    standard: 'ASVS 5.0 6.6.3, NIST SP 800-63B-4 section 3.2.2',
    warning: (value) => (value > 10 ? `is ${value}: more guesses at a code than the default of 10` : undefined),
  }),
  wholeNumber('lockoutMinutes', {
    from: 1,
    to: 24 * 60,
    standard: 'ASVS 5.0 6.6.3',
    warning: (value) => (value < 15 ? `is ${value}: guesses come faster than with the default of 15` : undefined),
  }),
  wholeNumber('challengeMinutes', { from: 1, to: 10, standard: 'ASVS 5.0 6.5.5' }),
  wholeNumber('backupCodes', { from: 1, to: 20 }),
  wholeNumber('trustedDeviceDays', {
    from: 0,
    to: 365,
    warning: (value) => (value > 30 ? `is ${value}: a stolen device needs no code for that long` : undefined),
  }),
  exemptions,
];
