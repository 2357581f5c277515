import { type CookieOptions, type CookieOverride, cookieName } from './cookie-options.ts';
import type { SettingRule } from './setting-rule.ts';

const sameSites = ['strict', 'lax', 'none'];
const priorities = ['low', 'medium', 'high'];
/** RFC 9110 tokens, less what a URL would percent-encode. */
const namePattern = /^[A-Za-z0-9_.-]{1,64}$/;
/** Browsers keep no cookie longer than 400 days (RFC 6265bis section 5.5), and Better Auth's serializer throws. */
const longest = 400 * 24 * 3600;

const quoted = (value: unknown): string => JSON.stringify(value) ?? String(value);

const oneOf = (allowed: readonly string[]) => (value: unknown) =>
  value === undefined || allowed.includes(value as string)
    ? undefined
    : `is ${quoted(value)}; allowed are '${allowed.join("', '")}'`;

const nameProblem = (value: unknown) =>
  value === undefined || (typeof value === 'string' && namePattern.test(value) && !/^__(host|secure)-/i.test(value))
    ? undefined
    : `is ${quoted(value)}; allowed are 1 to 64 letters, digits, '_', '.' and '-', without '__Host-' or '__Secure-' in front`;

const pathProblem = (value: unknown) =>
  value === undefined || (typeof value === 'string' && /^\/[\w/.~-]*$/.test(value))
    ? undefined
    : `is ${quoted(value)}; allowed is a path such as '/' or '/api/auth'`;

const cookiesOf = (given: object): CookieOptions => (given as { cookies?: CookieOptions }).cookies ?? {};

const booleanProblem = (value: unknown) =>
  value === undefined || typeof value === 'boolean' ? undefined : `is ${quoted(value)}; allowed are true and false`;

function maxAgeProblem(value: unknown): string | undefined {
  if (value === undefined || (Number.isInteger(value) && (value as number) > 0 && (value as number) <= longest)) {
    return undefined;
  }
  return `is ${quoted(value)}; allowed are whole seconds from 1 to ${longest}, which is 400 days`;
}

const overrideProblems: Readonly<Record<keyof CookieOverride, (value: unknown) => string | undefined>> = {
  name: nameProblem,
  sameSite: oneOf(sameSites),
  path: pathProblem,
  maxAge: maxAgeProblem,
  priority: oneOf(priorities),
};

/** Cookies of Better Auth's own and of the plugins that are on by default. */
export const knownCookies: readonly string[] = [
  'session_token',
  'session_data',
  'account_data',
  'dont_remember',
  'two_factor',
  'trusted_device',
  'admin_session',
  'state',
  'oauth_state',
  'csrf',
  'device',
];

function byNameProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return `is ${quoted(value)}; allowed is an object, by cookie`;
  for (const [cookie, override] of Object.entries(value)) {
    if (typeof override !== 'object' || override === null) return `has ${quoted(override)} for '${cookie}'`;
    for (const [name, inner] of Object.entries(override)) {
      const problem = overrideProblems[name as keyof CookieOverride];
      if (!problem) return `has '${cookie}.${name}'; allowed are ${Object.keys(overrideProblems).join(', ')}`;
      const words = problem(inner);
      if (words) return `has '${cookie}.${name}', which ${words}`;
    }
    if (cookie === 'session_token' && override.maxAge !== undefined) {
      return "has 'session_token.maxAge'; the cookie lives as long as the session, whose lifetime is a setting of sessions";
    }
  }
  return undefined;
}

export const cookieSettings: readonly SettingRule[] = [
  { setting: 'cookies.prefix', default: 'auth', problem: nameProblem },
  {
    setting: 'cookies.hostPrefix',
    default: true,
    defaultFor: (given) => cookieName(cookiesOf(given), 'session_token').startsWith('__Host-'),
    standard: 'ASVS 5.0 3.3.1, 3.3.3',
    problem: booleanProblem,
    warning: (value) =>
      value === false ? 'is false: hosts beside this one can plant cookies that look like these' : undefined,
  },
  {
    setting: 'cookies.domain',
    default: undefined,
    standard: 'ASVS 5.0 3.3.3',
    problem: (value) =>
      value === undefined || typeof value === 'string'
        ? undefined
        : `is ${quoted(value)}; allowed is a domain such as 'example.com'`,
    warning: (value) =>
      value === undefined ? undefined : `is '${value}': every host of it gets the session, and can plant one`,
  },
  { setting: 'cookies.path', default: '/', problem: pathProblem },
  {
    setting: 'cookies.sameSite',
    default: 'lax',
    standard: 'ASVS 5.0 3.3.2',
    problem: oneOf(sameSites),
    warning: (value) =>
      value === 'none' ? "is 'none': the origin check alone is left against forged requests" : undefined,
  },
  {
    setting: 'cookies.partitioned',
    default: false,
    defaultFor: (given) => cookiesOf(given).sameSite === 'none',
    problem: booleanProblem,
  },
  { setting: 'cookies.priority', default: undefined, problem: oneOf(priorities) },
  {
    setting: 'cookies.byName',
    default: {},
    problem: byNameProblem,
    warning(value) {
      const overrides = Object.entries((value ?? {}) as NonNullable<CookieOptions['byName']>);
      const words = [
        ...overrides
          .filter(([cookie]) => !knownCookies.includes(cookie))
          .map(([cookie]) => `'${cookie}' is a cookie of none of the plugins that are on by default`),
        ...overrides
          .filter(([, { sameSite }]) => sameSite === 'none')
          .map(([cookie]) => `'${cookie}' is sent from other sites' pages too`),
      ];
      return words.length > 0 ? words.join('; ') : undefined;
    },
  },
];
