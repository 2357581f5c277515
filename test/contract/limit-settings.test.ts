import { describe, expect, test } from '@jest/globals';
import { checkSettings } from '../../contract/check-settings.ts';
import type { Stage } from '../../contract/environment.ts';
import { credentialPaths, limitSettings } from '../../contract/limit-settings.ts';
import { defaultPaths, defaultWhenUnavailable } from '../../lambda/limits/default-limits.ts';
import { limitFinder } from '../../lambda/limits/find-limits.ts';

const say = (limits: object, stage: Stage = 'prod') => {
  const checked = checkSettings({ limits }, stage, limitSettings);
  return {
    problems: checked.flatMap(({ setting, problem }) => (problem ? [`${setting} ${problem}`] : [])),
    warnings: checked.flatMap(({ setting, warning }) => (warning ? [`${setting} ${warning}`] : [])),
  };
};

test('Gatehouse’s own limits are fine, and every credential path has one', async () => {
  expect(say({})).toEqual({ problems: [], warnings: [] });
  expect(say({ paths: { ...defaultPaths }, whenUnavailable: defaultWhenUnavailable }).problems).toEqual([]);
  const find = limitFinder({});
  for (const path of credentialPaths) {
    const { counter, limits } = await find(new Request('https://example.com'), path);
    expect(counter).not.toBe('default');
    expect(limits).not.toEqual([]);
  }
});

describe('is refused', () => {
  const limit = { window: 60, max: 1 };
  test.each<[string, object, RegExp]>([
    [
      'no limit for a credential path',
      { paths: { '/sign-in/*': false } },
      /^limits\.paths leaves \/sign-in\/email, .* without a limit/,
    ],
    ['no limit at all', { paths: { '*': false } }, /^limits\.paths leaves/],
    ['no default', { default: false }, /^limits\.default is false/],
    ['a window of no time', { default: { window: 0, max: 1 } }, /^limits\.default has window 0; allowed are 1 to/],
    ['a max below none', { default: { window: 60, max: -1 } }, /^limits\.default has max -1/],
    [
      'a field that nothing reads',
      { default: { ...limit, burst: 3 } },
      /^limits\.default has 'burst'; allowed are window/,
    ],
    [
      'another way to count',
      { paths: { '/x': { ...limit, count: 'errors' } } },
      /^limits\.paths at '\/x' has count "errors"/,
    ],
    [
      'failures by the thousand',
      { paths: { '/x': { window: 60, max: 5000, count: 'failures' } } },
      /are at most 1000$/,
    ],
    [
      'a key of unknown parts',
      { paths: { '/x': { ...limit, key: ['cookie'] } } },
      /has key \["cookie"\]; allowed are lists of source/,
    ],
    ['an empty list', { paths: { '/x': [] } }, /is an empty list/],
    ['two limits of a name', { paths: { '/x': [limit, { window: 3600, max: 9 }] } }, /has limits with the same key/],
    ['a name that is no header text', { default: { ...limit, name: 'größe' } }, /has name "größe"/],
    ['a path that never matches', { paths: { 'sign-in/*': limit } }, /has 'sign-in\/\*'; allowed are paths below/],
    ['a path with the base', { paths: { '/api/auth/ok': limit } }, /has '\/api\/auth\/ok'/],
    ['a list of rules', { paths: [limit] }, /^limits\.paths is not allowed/],
    ['mails without end', { mail: { window: 60, max: 1.5 } }, /^limits\.mail has max 1\.5/],
    ['no message', { message: ' ' }, /^limits\.message is " "/],
    [
      'a suspicious factor above 1',
      { suspiciousFactor: 2 },
      /^limits\.suspiciousFactor is 2; allowed are numbers from 0 to 1/,
    ],
    ['an admin factor below 1', { adminFactor: 0.5 }, /^limits\.adminFactor is 0\.5/],
    [
      'an open credential path',
      { whenUnavailable: { '*': 'allow' } },
      /^limits\.whenUnavailable answers \/sign-in\/email/,
    ],
    [
      'an unknown policy',
      { whenUnavailable: { '/ok': 'open' } },
      /at '\/ok' is "open"; allowed are 'allow' and 'refuse'/,
    ],
  ])('%s', (_, limits, message) => {
    expect(say(limits).problems).toEqual([expect.stringMatching(message)]);
  });
});

describe('is no problem', () => {
  test.each<[string, object]>([
    ['a function', { paths: { '/sign-in/*': () => false } }],
    ['an exception behind a limit', { paths: { '/sign-in/*': { window: 60, max: 5 }, '*': { window: 60, max: 50 } } }],
    ['a free path where nothing can be guessed', { paths: { '/ok': false } }],
    [
      'several limits with names',
      {
        paths: {
          '/x': [
            { window: 1, max: 1 },
            { window: 60, max: 9, name: 'long' },
          ],
        },
      },
    ],
  ])('%s', (_, limits) => {
    expect(say(limits).problems).toEqual([]);
  });

  test('what dev may leave open', () => {
    expect(say({ paths: { '*': false }, default: false, whenUnavailable: { '*': 'allow' } }, 'dev').problems).toEqual(
      [],
    );
  });
});

test.each<[object, RegExp]>([
  [{ paths: { '/ok': false } }, /^limits\.paths leaves \/ok to the WAF alone/],
  [{ default: { window: 60, max: 1000 } }, /^limits\.default admits more requests than the default/],
  [{ mail: false }, /^limits\.mail is false: anybody can fill/],
  [{ mail: { window: 60, max: 3 } }, /^limits\.mail admits more mails/],
  [{ suspiciousFactor: 1 }, /^limits\.suspiciousFactor is 1/],
  [{ adminFactor: 100 }, /^limits\.adminFactor admits more/],
  [{ whenUnavailable: { '/ok': 'allow' } }, /^limits\.whenUnavailable answers \/ok without a limit/],
])('%j is weaker, and said so', (limits, message) => {
  expect(say(limits).warnings).toEqual([expect.stringMatching(message)]);
});
