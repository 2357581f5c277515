import type { Stage } from './environment.ts';
import { limitDefaults } from './limit-defaults.ts';
import { limitsProblem, rateOf } from './limit-shape.ts';
import { pathPattern } from './path-pattern.ts';
import type { SettingRule } from './setting-rule.ts';

/** Where passwords, codes and links can be guessed, or accounts made in bulk: Better Auth's own endpoints. */
export const credentialPaths = [
  '/sign-in/email',
  '/sign-in/username',
  '/sign-in/phone-number',
  '/sign-in/email-otp',
  '/sign-up/email',
  '/request-password-reset',
  '/reset-password',
  '/change-password',
  '/two-factor/verify-totp',
  '/two-factor/verify-otp',
  '/two-factor/verify-backup-code',
] as const;

/** A rule for each path; the values are `PathLimits`, functions or policies, see lambda/limits/limit-options.ts. */
type ByPath = Readonly<Record<string, unknown>>;

/** The credential paths for which the first pattern that matches says `value`. */
function credentialPathsWith(value: unknown, rules: ByPath): string[] {
  const patterns = Object.keys(rules).map((pattern) => ({ pattern, matches: pathPattern(pattern) }));
  return credentialPaths.filter((path) => {
    const first = patterns.find(({ matches }) => matches(path));
    return first !== undefined && rules[first.pattern] === value;
  });
}

function patternProblem(rules: ByPath): string | undefined {
  const wrong = Object.keys(rules).find((pattern) => !/^[/*]/.test(pattern) || pattern.startsWith('/api/auth'));
  return wrong === undefined
    ? undefined
    : `has '${wrong}'; allowed are paths below /api/auth, such as '/sign-in/email' or '/sign-in/*'`;
}

const isByPath = (value: unknown): value is ByPath =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const notByPath = 'is not allowed; allowed is an object with a rule for each path';

const defaultLimit: SettingRule = {
  setting: 'limits.default',
  default: limitDefaults.default,
  standard: 'ASVS 5.0 2.4.1',
  problem: (value, stage) => {
    if (value === false) return stage === 'prod' ? "is false, which is not allowed in stage 'prod'" : undefined;
    return limitsProblem(value);
  },
  warning: (value) => {
    if (value === false) return 'is false: paths without a limit of their own are left to the WAF';
    return rateOf(value) > rateOf(limitDefaults.default) ? 'admits more requests than the default' : undefined;
  },
};

const paths: SettingRule = {
  setting: 'limits.paths',
  default: {},
  standard: 'ASVS 5.0 6.3.1',
  problem(value, stage) {
    if (!isByPath(value)) return notByPath;
    const pattern = patternProblem(value);
    if (pattern) return pattern;
    for (const [path, limits] of Object.entries(value)) {
      const problem = limits === false || typeof limits === 'function' ? undefined : limitsProblem(limits);
      if (problem) return `at '${path}' ${problem}`;
    }
    const unlimited = stage === 'prod' ? credentialPathsWith(false, value) : [];
    return unlimited.length > 0
      ? `leaves ${unlimited.join(', ')} without a limit, which stage 'prod' does not`
      : undefined;
  },
  warning(value) {
    const off = Object.keys(value as ByPath).filter((path) => (value as ByPath)[path] === false);
    return off.length > 0 ? `leaves ${off.join(', ')} to the WAF alone` : undefined;
  },
};

const mail: SettingRule = {
  setting: 'limits.mail',
  default: limitDefaults.mail,
  standard: 'ASVS 5.0 2.4.1',
  problem: (value) => (value === false ? undefined : limitsProblem(value)),
  warning: (value) => {
    if (value === false) return "is false: anybody can fill a user's mailbox";
    return rateOf(value) > rateOf(limitDefaults.mail) ? 'admits more mails to one address than the default' : undefined;
  },
};

const message: SettingRule = {
  setting: 'limits.message',
  default: limitDefaults.message,
  problem: (value) =>
    typeof value === 'string' && value.trim() !== '' ? undefined : `is ${JSON.stringify(value)}; allowed is a text`,
};

const suspiciousFactor: SettingRule = {
  setting: 'limits.suspiciousFactor',
  default: limitDefaults.suspiciousFactor,
  problem: (value) =>
    typeof value === 'number' && value >= 0 && value <= 1
      ? undefined
      : `is ${JSON.stringify(value)}; allowed are numbers from 0 to 1`,
  warning: (value) => (value === 1 ? 'is 1: suspicious networks are treated like all others' : undefined),
};

const adminFactor: SettingRule = {
  setting: 'limits.adminFactor',
  default: limitDefaults.adminFactor,
  problem: (value) =>
    typeof value === 'number' && value >= 1 && value <= 1000
      ? undefined
      : `is ${JSON.stringify(value)}; allowed are numbers from 1 to 1000`,
  warning: (value) =>
    (value as number) > limitDefaults.adminFactor
      ? 'admits more requests from admin networks than the default'
      : undefined,
};

const whenUnavailable: SettingRule = {
  setting: 'limits.whenUnavailable',
  default: {},
  standard: 'ASVS 5.0 16.5.3',
  problem(value, stage: Stage) {
    if (!isByPath(value)) return notByPath;
    const pattern = patternProblem(value);
    if (pattern) return pattern;
    const unknown = Object.entries(value).find(([, policy]) => policy !== 'allow' && policy !== 'refuse');
    if (unknown) return `at '${unknown[0]}' is ${JSON.stringify(unknown[1])}; allowed are 'allow' and 'refuse'`;
    const open = stage === 'prod' ? credentialPathsWith('allow', value) : [];
    return open.length > 0
      ? `answers ${open.join(', ')} without a limit while the table is down, which stage 'prod' does not`
      : undefined;
  },
  warning(value) {
    const open = Object.keys(value as ByPath).filter((path) => (value as ByPath)[path] === 'allow');
    return open.length > 0 ? `answers ${open.join(', ')} without a limit while the table is down` : undefined;
  },
};

/** The rules on `limits` of the options. */
export const limitSettings: readonly SettingRule[] = [
  defaultLimit,
  paths,
  mail,
  message,
  suspiciousFactor,
  adminFactor,
  whenUnavailable,
];
