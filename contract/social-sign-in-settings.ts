import type { SettingRule } from './setting-rule.ts';

function off(name: string, standard: string, why: string): SettingRule {
  return {
    setting: `socialSignIn.${name}`,
    default: false,
    standard,
    problem: (value) =>
      typeof value === 'boolean' ? undefined : `is ${JSON.stringify(value)}; allowed are true and false`,
    warning: (value) => (value === true ? `is true: ${why}` : undefined),
  };
}

export const socialSignInSettings: readonly SettingRule[] = [
  off('linkByVerifiedEmail', 'ASVS 5.0 6.8.1', 'each provider can sign in as any user, by what it says of an address'),
  off('allowUnverifiedEmail', 'ASVS 5.0 6.8.1', 'a stranger can take an address before its owner signs up with it'),
];
