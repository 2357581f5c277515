import { trustedOriginProblems } from './origin-problems.ts';
import type { SettingRule } from './setting-rule.ts';

const originsOf = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);

export const originSettings: readonly SettingRule[] = [
  {
    setting: 'trustedOrigins',
    default: [],
    standard: 'ASVS 5.0 3.4.2, 3.5.1',
    problem(value, stage) {
      if (typeof value === 'function') return undefined;
      const origins = originsOf(value);
      if (!origins?.every((origin) => typeof origin === 'string')) {
        return 'must be a list of origins, or a function of the request that returns one';
      }
      const [problem] = trustedOriginProblems(origins as string[], stage);
      return problem && `has a value that is refused: ${problem.message}`;
    },
    warning(value) {
      if (typeof value === 'function') return undefined;
      return trustedOriginWarning((originsOf(value) ?? []) as string[]);
    },
  },
];

/** What an origin opens that a more exact one would not. */
export function trustedOriginWarning(origins: readonly string[]): string | undefined {
  const wildcards = origins.filter((origin) => origin.includes('://*.'));
  const shared = origins.filter((origin) => /^[a-z0-9+-]+:\/\/$/.test(origin));
  const words = [
    ...wildcards.map((origin) => `'${origin}' trusts every host below it, a forgotten one that others took over too`),
    ...shared.map(
      (origin) =>
        `'${origin}' is a scheme that any app on a device may claim; 'com.example.app://' is less likely to be taken (RFC 8252 section 7.1)`,
    ),
  ];
  return words.length > 0 ? words.join('; ') : undefined;
}

export const csrfSettings: readonly SettingRule[] = [
  {
    setting: 'csrf.doubleSubmit',
    default: false,
    standard: 'OWASP CSRF Prevention Cheat Sheet, signed double-submit cookie',
    problem: (value) =>
      typeof value === 'boolean' ? undefined : `is ${JSON.stringify(value)}; allowed are true and false`,
  },
];
