import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { checkSettings, optionProblems, optionRules, unknownSettings } from '../../contract/check-settings.ts';
import { pluginSettings } from '../../contract/plugin-settings.ts';
import type { SettingRule } from '../../contract/setting-rule.ts';
import { stackSettings } from '../../contract/stack-settings.ts';

const deployment = { stage: 'prod', baseUrl: 'https://auth.example.com', trustedOrigins: [] } as const;

const isRule = (value: unknown): value is SettingRule =>
  typeof value === 'object' && value !== null && 'setting' in value && 'default' in value;

test('every rule of every area is in force', async () => {
  const files = readdirSync('contract').filter((name) => name.endsWith('-settings.ts'));
  const modules = await Promise.all(
    files.map(async (name) => (await import(`../../contract/${name}`)) as Record<string, unknown>),
  );
  const rules = modules.flatMap((exported) => Object.values(exported).flat().filter(isRule));
  // Those of plugins are looked up by plugin, those of the stack are the configuration's.
  const collected = new Set([...optionRules, ...pluginSettings, ...stackSettings]);
  expect(rules.filter((rule) => !collected.has(rule)).map(({ setting }) => setting)).toEqual([]);
  expect(rules.length).toBeGreaterThan(40);
});

test.each([
  ['options', optionRules],
  ['stack', stackSettings],
] as const)('of the %s, each setting has one rule, and a default that is neither refused nor weak', (_, rules) => {
  const names = rules.map(({ setting }) => setting);
  expect(names).toEqual([...new Set(names)]);
  for (const { setting, problem } of checkSettings({}, 'prod', rules)) {
    expect({ setting, problem }).toEqual({ setting, problem: undefined });
  }
});

describe('checkSettings', () => {
  const rules: SettingRule[] = [
    {
      setting: 'a.b',
      default: 1,
      standard: 'ASVS 5.0 1.1.1',
      problem: (value) => (value === 3 ? 'is 3; allowed are 1 and 2' : undefined),
      warning: (value) => (value === 2 ? 'is 2' : undefined),
    },
    { setting: 'c', default: [], defaultFor: (given, stage) => [stage, Object.keys(given).length] },
  ];
  const b = (value: unknown) => checkSettings({ a: { b: value } }, 'prod', rules)[0];

  test('says what is in force, whether it was set, who asks for it, and what is to be said about it', () => {
    const common = { setting: 'a.b', standard: 'ASVS 5.0 1.1.1', problem: undefined, warning: undefined };
    expect(b(undefined)).toEqual({ ...common, value: 1, given: false });
    expect(b(1)).toEqual({ ...common, value: 1, given: true });
    expect(b(2)).toEqual({ ...common, value: 2, given: true, warning: 'is 2' });
    expect(b(3)).toEqual({ ...common, value: 3, given: true, problem: 'is 3; allowed are 1 and 2' });
  });

  test('takes the default that the stage and other settings ask for', () => {
    expect(checkSettings({ a: {} }, 'dev', rules)[1]?.value).toEqual(['dev', 1]);
  });

  test('is not misled by a section that is none', () => {
    for (const a of ['text', 7, null, [], undefined]) {
      expect(checkSettings({ a }, 'prod', rules)[0]).toMatchObject({ value: 1, given: false });
    }
  });
});

describe('names that nothing reads', () => {
  test.each([
    [{ cookie: { prefix: 'x' } }, 'cookie.prefix', /^cookie\.prefix is no setting; allowed are appName, .*cookies/],
    [{ cookies: { prefx: 'x' } }, 'cookies.prefx', /allowed are cookies\.prefix, /],
    [{ csrf: { doubleSubmit: { on: true } } }, undefined, /^$/],
    [{ lockoot: true }, 'lockoot', /^lockoot is no setting/],
    [{ csrf: true }, 'csrf', /^csrf is no setting; allowed are/],
  ])('%j', (options, setting, message) => {
    const unknown = unknownSettings(options);
    if (setting === undefined) expect(unknown).toEqual([]);
    else expect(unknown).toEqual([{ setting, message: expect.stringMatching(message) }]);
  });

  test('what Better Auth reads itself is left alone', () => {
    const options = {
      appName: 'x',
      user: { deleteUser: { enabled: true } },
      socialProviders: { github: { clientId: 'x' } },
      plugins: [],
      hooks: {},
      databaseHooks: { user: {} },
      disabledPaths: [],
      tokenClaims: () => ({}),
      oauthProviderMode: true,
    };
    expect(optionProblems(options, deployment)).toEqual([]);
  });
});

test('optionProblems names every value at fault, with its setting in front', () => {
  const problems = optionProblems({ cookies: { sameSite: 'x', prefix: '' }, csrf: { doubleSubmit: 1 } }, deployment);
  expect(problems.map(({ setting }) => setting)).toEqual(['csrf.doubleSubmit', 'cookies.prefix', 'cookies.sameSite']);
  for (const { setting, message } of problems) expect(message.startsWith(`${setting} is `)).toBe(true);
});

test('combinations are looked at once each value is sound', () => {
  expect(optionProblems({ cookies: { sameSite: 'none', prefix: '' } }, deployment)).toHaveLength(1);
  expect(optionProblems({ cookies: { sameSite: 'none' } }, deployment)).toMatchObject([
    { setting: 'cookies.sameSite' },
  ]);
});

test('garbage for options is refused, and never an exception', () => {
  const garbage = [null, 0, '', 'x', [], [[]], {}, { x: 1 }, () => 1, Number.NaN];
  const areas = [...new Set(optionRules.map(({ setting }) => setting.split('.')[0]!))];
  for (const area of areas) {
    for (const value of garbage) expect(() => optionProblems({ [area]: value }, deployment)).not.toThrow();
  }
  for (const { setting } of optionRules) {
    const path = setting.split('.');
    for (const value of garbage) {
      const options = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object;
      expect(() => optionProblems(options, deployment)).not.toThrow();
    }
  }
});
