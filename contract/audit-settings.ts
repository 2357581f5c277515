import { auditDefaults } from './audit-defaults.ts';
import type { SettingRule } from './setting-rule.ts';

const oneOf =
  (...allowed: readonly string[]) =>
  (value: unknown): string | undefined =>
    allowed.includes(value as string)
      ? undefined
      : `is ${JSON.stringify(value)}; allowed are ${allowed.map((each) => `'${each}'`).join(', ')}`;

const email: SettingRule = {
  setting: 'audit.email',
  default: auditDefaults.email,
  standard: 'ASVS 5.0 16.2.5',
  problem: oneOf('hash', 'masked', 'clear'),
  warning(value) {
    if (value === 'clear') return "is 'clear': users' e-mail addresses stand in the logs and their archive";
    return value === 'masked' ? "is 'masked': whoever knows a user can often tell the e-mail address" : undefined;
  },
};

const ip: SettingRule = {
  setting: 'audit.ip',
  default: auditDefaults.ip,
  standard: 'ASVS 5.0 16.2.1',
  problem: oneOf('full', 'truncated'),
  warning: (value) =>
    value === 'truncated' ? "is 'truncated': an event does not tell an attacker from the neighbours" : undefined,
};

/** The rules on `audit` of the options. */
export const auditSettings: readonly SettingRule[] = [email, ip];
