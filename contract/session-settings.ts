import { sessionDefaults, usualIdleTimeout } from './session-defaults.ts';
import type { SettingRule } from './setting-rule.ts';
import type { SettingProblem } from './settings.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** No setting takes more: browsers keep no cookie longer than 400 days (RFC 6265bis section 5.5). */
const longest = 400 * day;

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

const seconds = (least: number, most: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most
    ? undefined
    : `is ${shown(value)}; allowed are whole seconds from ${least} to ${most}`;

const orFalse = (problem: (value: unknown) => string | undefined) => (value: unknown) =>
  value === false ? undefined : problem(value)?.replace('allowed are', 'allowed are false and');

const flag = (value: unknown) =>
  typeof value === 'boolean' ? undefined : `is ${shown(value)}; allowed are true and false`;

/** The rules on `AuthOptions.sessions`, one a setting. */
export const sessionSettings: readonly SettingRule[] = [
  {
    setting: 'sessions.expiresIn',
    default: sessionDefaults.expiresIn,
    standard: 'ASVS 5.0 7.3.1',
    problem: seconds(5 * minute, longest),
  },
  {
    setting: 'sessions.updateAge',
    default: sessionDefaults.updateAge,
    problem: seconds(5 * minute, longest),
  },
  {
    setting: 'sessions.absoluteLifetime',
    default: sessionDefaults.absoluteLifetime,
    standard: 'ASVS 5.0 7.3.2, NIST SP 800-63B-4 2.1.3',
    problem: seconds(5 * minute, longest),
    warning: (value) =>
      (value as number) > 30 * day ? 'is above 30 days, which NIST asks to sign in again after' : undefined,
  },
  {
    setting: 'sessions.freshAge',
    default: sessionDefaults.freshAge,
    standard: 'ASVS 5.0 7.5.1',
    problem: orFalse(seconds(minute, longest)),
    warning: (value) =>
      value === false ? 'is false: an old session may do what else needs one signed in lately' : undefined,
  },
  {
    setting: 'sessions.idleTimeout',
    default: sessionDefaults.idleTimeout,
    standard: 'ASVS 5.0 7.3.1',
    problem: (value) => (value === true ? undefined : orFalse(seconds(5 * minute, longest))(value)),
  },
  {
    setting: 'sessions.maxPerUser',
    default: sessionDefaults.maxPerUser,
    standard: 'ASVS 5.0 7.1.2',
    problem: (value) =>
      value === false || (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 50)
        ? undefined
        : `is ${shown(value)}; allowed are false and whole numbers from 1 to 50`,
    warning: (value) => (value === false ? 'is false: a user may have any number of sessions' : undefined),
  },
  {
    setting: 'sessions.whenFull',
    default: sessionDefaults.whenFull,
    standard: 'ASVS 5.0 7.1.2',
    problem: (value) =>
      value === 'end-oldest' || value === 'refuse'
        ? undefined
        : `is ${shown(value)}; allowed are 'end-oldest' and 'refuse'`,
  },
  { setting: 'sessions.bindToNetwork', default: sessionDefaults.bindToNetwork, problem: flag },
  { setting: 'sessions.bindToUserAgent', default: sessionDefaults.bindToUserAgent, problem: flag },
  {
    setting: 'sessions.cookieCache',
    default: sessionDefaults.cookieCache,
    standard: 'ASVS 5.0 7.4.1',
    problem: orFalse(seconds(1, 60)),
    warning: (value) =>
      value === false
        ? undefined
        : `is ${value}: a revoked session goes on for up to ${value} seconds where it was used`,
  },
  {
    setting: 'secrets.acceptPrevious',
    default: sessionDefaults.expiresIn,
    problem: seconds(0, longest),
  },
];

/** Rules across `AuthOptions.sessions`, of values that each are allowed. */
export function sessionProblems(options: { readonly sessions?: object }): SettingProblem[] {
  const { expiresIn, updateAge, absoluteLifetime, idleTimeout } = { ...sessionDefaults, ...options.sessions } as Record<
    'expiresIn' | 'updateAge' | 'absoluteLifetime',
    number
  > & { idleTimeout: number | boolean };
  const idle = idleTimeout === true ? usualIdleTimeout : idleTimeout;
  return [
    ...above('sessions.expiresIn', expiresIn, 'sessions.absoluteLifetime', absoluteLifetime),
    ...above('sessions.updateAge', updateAge, 'sessions.expiresIn', expiresIn),
    ...(idle === false ? [] : above('sessions.idleTimeout', idle, 'sessions.expiresIn', expiresIn)),
  ];
}

function above(setting: string, value: number, bound: string, most: number): SettingProblem[] {
  if (value <= most) return [];
  return [{ setting, message: `${setting} is ${value}; allowed is ${most} at most, which is ${bound}` }];
}
