import type { SettingRule } from './setting-rule.ts';

const standard = 'ASVS 5.0 6.3.7';

const mail: SettingRule = {
  setting: 'accountNotices.mail',
  default: true,
  standard,
  problem: (value) =>
    typeof value === 'boolean' ? undefined : `is ${JSON.stringify(value)}; allowed are true and false`,
  warning: (value) =>
    value === false
      ? 'lets whoever takes an account over change how it is signed in to, unnoticed by its owner'
      : undefined,
};

const onChange: SettingRule = {
  setting: 'accountNotices.onChange',
  default: undefined,
  standard,
  problem: (value) =>
    value === undefined || typeof value === 'function'
      ? undefined
      : `is ${JSON.stringify(value)}; allowed is a function`,
};

/** The rules on each setting of `accountNotices`. */
export const accountNoticeSettings: readonly SettingRule[] = [mail, onChange];
