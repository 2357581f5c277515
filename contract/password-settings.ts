import { breachCheckRule } from './breach-check-settings.ts';
import {
  type CharacterClass,
  characterClasses,
  type PasswordPreset,
  passwordPolicies,
  passwordPresets,
} from './password-defaults.ts';
import { costProblem, costText, defaultCost, isWeakCost, owaspCosts, type ScryptCost } from './scrypt-cost.ts';
import type { SettingRule } from './setting-rule.ts';
import type { SettingProblem } from './settings.ts';

const base = passwordPolicies.default;

const whole = (value: number, from: number, to: number): string | undefined =>
  Number.isInteger(value) && value >= from && value <= to
    ? undefined
    : `is ${JSON.stringify(value)}; allowed are whole numbers from ${from} to ${to}`;

const preset: SettingRule<PasswordPreset> = {
  setting: 'passwords.preset',
  default: 'default',
  problem: (value) => (passwordPresets.includes(value) ? undefined : `is '${value}'; allowed are 'default' and 'nist'`),
};

const minLength: SettingRule<number> = {
  setting: 'passwords.minLength',
  default: base.minLength,
  defaultFor: ({ passwords }: { passwords?: Combination }) =>
    (passwordPolicies[passwords?.preset ?? 'default'] ?? base).minLength,
  standard: 'ASVS 5.0 6.2.1, NIST SP 800-63B-4 3.1.1.2',
  problem: (value) => whole(value, 8, 64),
  warning: (value) =>
    value < base.minLength ? `is ${value}: shorter passwords than the default's are accepted` : undefined,
};

const maxLength: SettingRule<number> = {
  setting: 'passwords.maxLength',
  default: base.maxLength,
  standard: 'ASVS 5.0 6.2.9',
  problem: (value) => whole(value, 64, 1024),
};

const classes: SettingRule<readonly CharacterClass[]> = {
  setting: 'passwords.classes',
  default: base.classes,
  standard: 'ASVS 5.0 6.2.5',
  problem(value) {
    if (!Array.isArray(value))
      return `is ${JSON.stringify(value)}; allowed is a list of ${characterClasses.join(', ')}`;
    const unknown = value.find((name) => !characterClasses.includes(name));
    return unknown === undefined ? undefined : `has '${unknown}'; allowed are ${characterClasses.join(', ')}`;
  },
  warning: (value) =>
    value.length > 0 ? 'asks for character classes, which makes passwords more predictable, not less' : undefined,
};

const minStrength: SettingRule<number> = {
  setting: 'passwords.minStrength',
  default: base.minStrength,
  standard: 'ASVS 5.0 6.2.4',
  problem(value, stage) {
    const weak = 'passwords among the 3,000 most common ones would pass; allowed are 2 to 4';
    return whole(value, 0, 4) ?? (stage === 'prod' && value < 2 ? `is ${value}, with which ${weak}` : undefined);
  },
  warning: (value) =>
    value < base.minStrength ? `is ${value}: passwords that are easier to guess are accepted` : undefined,
};

const penalisedWords: SettingRule<readonly string[]> = {
  setting: 'passwords.penalisedWords',
  default: [],
  standard: 'ASVS 5.0 6.2.11',
  problem: (value) =>
    Array.isArray(value) && value.every((word) => typeof word === 'string' && word !== '')
      ? undefined
      : 'must be a list of words',
};

const cost: SettingRule<ScryptCost> = {
  setting: 'passwords.cost',
  default: defaultCost,
  standard: 'ASVS 5.0 11.4.2, OWASP Password Storage Cheat Sheet',
  problem(value, stage) {
    const malformed = costProblem(value);
    if (malformed || stage !== 'prod' || !isWeakCost(value)) return malformed;
    return `is ${costText(value)}, weaker than OWASP's sets; allowed is at least one of ${owaspCosts.map(costText).join('; ')}`;
  },
  warning: (value) => (isWeakCost(value) ? `is ${costText(value)}: a stolen table is cheaper to attack` : undefined),
};

const hasher: SettingRule<object | undefined> = {
  setting: 'passwords.hasher',
  default: undefined,
  standard: 'ASVS 5.0 11.4.2',
  problem(value) {
    if (value === undefined) return undefined;
    const { hash, verify } = value as { hash?: unknown; verify?: unknown };
    return typeof hash === 'function' && typeof verify === 'function' ? undefined : 'needs both hash and verify';
  },
  warning: (value) =>
    value ? "replaces Gatehouse's scrypt: cost, pepper and constant time are its own to show" : undefined,
};

const setByAdministrators: SettingRule<boolean> = {
  setting: 'passwords.setByAdministrators',
  default: false,
  standard: 'ASVS 5.0 6.4.6',
  problem: (value) =>
    typeof value === 'boolean' ? undefined : `is ${JSON.stringify(value)}; allowed are true and false`,
  warning: (value) => (value ? 'lets administrators choose, and so know, the passwords of users' : undefined),
};

/** The rules on `AuthOptions.passwords`. */
export const passwordSettings: readonly SettingRule[] = [
  preset,
  minLength,
  maxLength,
  classes,
  minStrength,
  penalisedWords,
  cost,
  hasher,
  breachCheckRule,
  setByAdministrators,
];

interface Combination {
  readonly preset?: PasswordPreset;
  readonly minLength?: number;
  readonly classes?: readonly CharacterClass[];
  readonly cost?: ScryptCost;
  readonly hasher?: object;
}

/** Rules across settings; each by itself must be sound already. */
export function passwordProblems({ passwords = {} }: { readonly passwords?: Combination }): SettingProblem[] {
  const problem = (setting: string, message: string) => ({
    setting: `passwords.${setting}`,
    message: `passwords.${setting} ${message}`,
  });
  const { nist } = passwordPolicies;
  const problems: SettingProblem[] = [];
  if (passwords.preset === 'nist' && (passwords.minLength ?? nist.minLength) < nist.minLength) {
    problems.push(
      problem('minLength', `is ${passwords.minLength}; with preset 'nist' allowed are ${nist.minLength} or more`),
    );
  }
  if (passwords.preset === 'nist' && passwords.classes?.length) {
    problems.push(problem('classes', "must be empty with preset 'nist', which forbids rules on composition"));
  }
  if (passwords.hasher && passwords.cost) {
    problems.push(problem('cost', 'has no effect with passwords.hasher; give one of the two'));
  }
  return problems;
}
