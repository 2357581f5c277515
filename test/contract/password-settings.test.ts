import { describe, expect, test } from '@jest/globals';
import { checkSettings, optionProblems } from '../../contract/check-settings.ts';
import { passwordProblems, passwordSettings } from '../../contract/password-settings.ts';
import { costProblem, defaultCost, isWeakCost, owaspCosts } from '../../contract/scrypt-cost.ts';

const check = (passwords: object, stage: 'dev' | 'prod' = 'prod') =>
  checkSettings({ passwords }, stage, passwordSettings);
const problems = (passwords: object, stage?: 'dev' | 'prod') =>
  check(passwords, stage).flatMap(({ setting, problem }) => (problem ? [`${setting} ${problem}`] : []));
const warnings = (passwords: object, stage?: 'dev' | 'prod') =>
  check(passwords, stage).flatMap(({ setting, warning }) => (warning ? [`${setting} ${warning}`] : []));

test('the defaults are sound; the one warning is about the check that leaves for a third party', () => {
  expect(problems({})).toEqual([]);
  expect(warnings({})).toEqual([expect.stringMatching(/^passwords.breachCheck is off/)]);
  expect(warnings({}, 'dev')).toEqual([]);
});

describe('what is dangerous is refused, with what is allowed', () => {
  test.each([
    [{ preset: 'lax' }, "is 'lax'; allowed are 'default' and 'nist'"],
    [{ minLength: 7 }, 'is 7; allowed are whole numbers from 8 to 64'],
    [{ minLength: 8.5 }, 'is 8.5; allowed are whole numbers'],
    [{ maxLength: 63 }, 'is 63; allowed are whole numbers from 64 to 1024'],
    [{ classes: ['emoji'] }, "has 'emoji'; allowed are lowercase, uppercase, digit, symbol"],
    [{ classes: 'digit' }, 'is "digit"; allowed is a list of'],
    [{ minStrength: 1 }, 'is 1, with which passwords among the 3,000 most common ones would pass; allowed are 2 to 4'],
    [{ minStrength: 5 }, 'is 5; allowed are whole numbers from 0 to 4'],
    [{ penalisedWords: [''] }, 'must be a list of words'],
    [{ hasher: { hash: () => '' } }, 'needs both hash and verify'],
    [
      { cost: { N: 2 ** 14, r: 8, p: 4 } },
      "is N 16384, r 8, p 4, weaker than OWASP's sets; allowed is at least one of",
    ],
    [{ cost: { N: 1000, r: 8, p: 4 } }, 'has N 1000; allowed are powers of two'],
    [{ cost: { N: 2 ** 20, r: 8, p: 1 } }, 'takes 1073741824 bytes a hash; allowed are 536870912'],
    [{ cost: { N: 2 ** 15 } }, 'must be whole numbers from 1'],
    [{ breachCheck: true }, 'is true; allowed is false or an object'],
    [{ breachCheck: {} }, "has onUnavailable undefined; allowed are 'allow' and 'deny', and it must be said"],
    [{ breachCheck: { onUnavailable: 'allow', retries: 2 } }, "has 'retries', which is no setting"],
    [{ breachCheck: { onUnavailable: 'deny', timeout: 99 } }, 'has timeout 99; allowed are 100 to 5000 milliseconds'],
    [{ breachCheck: { onUnavailable: 'deny', endpoint: 'http://example.com' } }, 'it must use https'],
  ])('%j', (passwords, message) => {
    expect(problems(passwords)).toEqual([expect.stringContaining(message)]);
  });
});

test('in dev a weak cost and strength are allowed, and are said', () => {
  const weak = { cost: { N: 16, r: 8, p: 1 }, minStrength: 0 };
  expect(problems(weak, 'dev')).toEqual([]);
  expect(warnings(weak, 'dev')).toEqual([
    expect.stringMatching(/^passwords.minStrength is 0/),
    expect.stringMatching(/^passwords.cost is N 16, r 8, p 1/),
  ]);
});

test('what is weaker than the default is said', () => {
  const weaker = {
    minLength: 8,
    classes: ['digit'],
    hasher: { hash: () => '', verify: () => false },
    breachCheck: { onUnavailable: 'allow' },
  };
  expect(problems(weaker)).toEqual([]);
  expect(warnings(weaker).map((text) => text.split(' ')[0])).toEqual(
    ['minLength', 'classes', 'hasher', 'breachCheck'].map((name) => `passwords.${name}`),
  );
});

test('every set of OWASP is allowed, and each with one number lower is weak', () => {
  for (const cost of owaspCosts) {
    expect([costProblem(cost), isWeakCost(cost)]).toEqual([undefined, false]);
    for (const lower of [{ N: cost.N / 2 }, { r: cost.r - 1 }, { p: cost.p - 1 }]) {
      expect(isWeakCost({ ...cost, ...lower })).toBe(true);
    }
  }
  expect(isWeakCost(defaultCost)).toBe(false);
});

describe('settings that contradict one another are refused', () => {
  test.each([
    [{ preset: 'nist', minLength: 14 }, ['passwords.minLength']],
    [{ preset: 'nist', classes: ['digit'] }, ['passwords.classes']],
    [{ hasher: {}, cost: defaultCost }, ['passwords.cost']],
    [{ preset: 'nist', minLength: 20, classes: [] }, []],
    [{}, []],
  ] as const)('%j', (passwords, settings) => {
    expect(passwordProblems({ passwords }).map(({ setting }) => setting)).toEqual(settings);
  });
});

test('they are among those that the function holds its options to', () => {
  const deployment = { stage: 'prod' as const, trustedOrigins: [] };
  expect(optionProblems({ passwords: { minLength: 1 } }, deployment)).toMatchObject([
    { setting: 'passwords.minLength' },
  ]);
  expect(optionProblems({ passwords: { minlength: 12 } }, deployment)).toMatchObject([
    { setting: 'passwords.minlength' },
  ]);
});
