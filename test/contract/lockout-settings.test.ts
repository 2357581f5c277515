import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { checkSettings, optionProblems } from '../../contract/check-settings.ts';
import { lockoutDefaults } from '../../contract/lockout-defaults.ts';
import { lockoutProblems, lockoutSettings } from '../../contract/lockout-settings.ts';

const problemOf = (name: string, value: unknown) =>
  lockoutSettings.find(({ setting }) => setting === `lockout.${name}`)?.problem?.(value, 'prod');
const warningOf = (name: string, value: unknown) =>
  lockoutSettings.find(({ setting }) => setting === `lockout.${name}`)?.warning?.(value, 'prod');

describe('the settings of the lockout', () => {
  test('have a rule each, with the default in force', () => {
    expect(lockoutSettings.map(({ setting }) => setting)).toEqual(
      Object.keys(lockoutDefaults).map((name) => `lockout.${name}`),
    );
    expect(checkSettings({}, 'prod', lockoutSettings).filter(({ problem, warning }) => problem ?? warning)).toEqual([]);
    expect(lockoutProblems({})).toEqual([]);
  });

  test.each([
    ['maxFailures', 0, 'is 0; allowed are whole failures from 1 to 100'],
    ['accountMaxFailures', 101, 'is 101; allowed are whole failures from 1 to 100'],
    ['duration', 1.5, 'is 1.5; allowed are whole seconds from 60 to 86400'],
    ['deviceLifetime', 401 * 86400, 'is 34646400; allowed are whole seconds from 86400 to 34560000'],
    ['enabled', 'no', 'is "no"; allowed are true and false'],
  ])('refuse %s %j', (name, value, problem) => {
    expect(problemOf(name, value)).toBe(problem);
  });

  test.each([
    ['enabled', false],
    ['maxFailures', 6],
    ['window', 600],
    ['duration', 600],
    ['maxDuration', 3600],
    ['resetAfter', 3600],
    ['accountWindow', 3600],
    ['accountDuration', 3600],
    ['deviceLifetime', 365 * 86400],
  ])('warn of %s %j, and of nothing stricter than the default', (name, value) => {
    expect(warningOf(name, value)).toEqual(expect.any(String));
    expect(warningOf(name, lockoutDefaults[name as keyof typeof lockoutDefaults])).toBeUndefined();
  });

  test('fit together', () => {
    expect(lockoutProblems({ lockout: { duration: 7200, maxDuration: 3600 } })).toEqual([
      { setting: 'lockout.duration', message: 'lockout.duration is 7200; allowed is maxDuration (3600) or less' },
    ]);
    expect(lockoutProblems({ lockout: { resetAfter: 3600 } }).map(({ setting }) => setting)).toEqual([
      'lockout.maxDuration',
    ]);
    expect(lockoutProblems({ lockout: { resetAfter: 3600, maxDuration: 3600, window: 7200 } })).toHaveLength(1);
  });

  test('are checked with all others', () => {
    const deployment = { stage: 'prod', baseUrl: 'https://auth.example.com', trustedOrigins: [] } as const;
    expect(optionProblems({ lockout: { maxFailures: 0 } }, deployment).map(({ setting }) => setting)).toEqual([
      'lockout.maxFailures',
    ]);
    expect(optionProblems({ lockout: { maxFailure: 5 } }, deployment).map(({ setting }) => setting)).toEqual([
      'lockout.maxFailure',
    ]);
  });

  test('stand in docs/lockout.md with their defaults', async () => {
    const page = await readFile(new URL('../../docs/lockout.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` +\| (\w+) +\|$/gm)].map(([, name, value]) => [name, value]);
    expect(rows).toEqual(Object.entries(lockoutDefaults).map(([name, value]) => [name, String(value)]));
  });
});
