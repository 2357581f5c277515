import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { keyResources } from '../../contract/signing.ts';
import {
  type LockedKey,
  parseSigningKeyLock,
  type SigningKeyLock,
  SigningKeys,
  type SigningKeysProps,
} from '../../lib/index.ts';
import { lockedKeys } from '../../lib/signing-key-lock.ts';
import { type RotationCheck, rotationProblems } from '../../lib/signing-key-rotation.ts';
import { inlineCode, resourceOf, stackOf, testApp, testStack } from './support.ts';

type Since = LockedKey['since'];

/** Hours and minutes of one day. */
const at = (time: string): string => `2026-11-23T${time}:00.000Z`;
const locked = (id: string, state: LockedKey['state'], since: Since, more: Partial<LockedKey> = {}): LockedKey => ({
  id,
  algorithm: 'ES256',
  state,
  since,
  ...more,
});
const key = (
  id: string,
  state: RotationCheck['keys'][number]['state'],
  algorithm: LockedKey['algorithm'] = 'ES256',
) => ({
  id,
  algorithm,
  state,
});
const problems = (keys: RotationCheck['keys'], lock: LockedKey[], time = '23:00', waits?: RotationCheck['waits']) =>
  rotationProblems({ keys, lock, now: new Date(at(time)), ...(waits && { waits }) });

const first = locked('a', 'active', { active: at('00:00') });
const standby = locked('b', 'next', { next: at('09:10') });
const retiring = locked('a', 'retiring', { active: at('00:00'), retiring: at('12:00') });
const active = locked('b', 'active', { next: at('09:10'), active: at('12:00') });

describe('a configuration that follows from the lock file', () => {
  test.each<[string, RotationCheck['keys'], LockedKey[]]>([
    [
      'first keys, one of them active at once',
      [key('a', 'active'), key('b', 'next')],
      [first, locked('b', 'next', { next: at('00:00') })],
    ],
    ['a key that signs after its wait', [key('a', 'retiring'), key('b', 'active')], [retiring, active]],
    [
      'a key that was dropped an hour after its retirement',
      [key('b', 'active')],
      [{ ...retiring, state: 'dropped', since: { ...retiring.since, dropped: at('13:00') } }, active],
    ],
    [
      'a standby that was dropped at once',
      [key('a', 'active')],
      [first, { ...standby, state: 'dropped', since: { next: at('10:00'), dropped: at('10:01') } }],
    ],
    [
      'an urgent activation with its reason',
      [key('a', 'retiring'), key('b', 'active')],
      [retiring, { ...active, since: { next: at('11:59'), active: at('12:00') }, emergency: { active: 'leak' } }],
    ],
    [
      'an urgent drop with its reason',
      [key('b', 'active')],
      [
        {
          ...retiring,
          state: 'dropped',
          since: { ...retiring.since, dropped: at('12:00') },
          emergency: { dropped: 'leak' },
        },
        active,
      ],
    ],
  ])('%s', (_, keys, lock) => {
    expect(problems(keys, lock)).toEqual([]);
  });
});

describe('refuses', () => {
  test.each<[string, RotationCheck['keys'], LockedKey[], string]>([
    [
      'a key that is not on record',
      [key('a', 'active'), key('x', 'next')],
      [first],
      "key 'x' is not in the lock file; add keys with 'npm run keys -- add'",
    ],
    [
      'an active key that vanished',
      [key('b', 'next')],
      [first, standby],
      "key 'a' is active in the lock file and missing in the configuration; retire it before it is dropped",
    ],
    [
      'an algorithm that changed in place',
      [key('a', 'active', 'RS256')],
      [first],
      "key 'a' changed its algorithm in place, from ES256 to RS256; add a key with a new id instead",
    ],
    [
      'an id that is used again',
      [key('a', 'next')],
      [locked('a', 'dropped', { next: at('01:00'), dropped: at('02:00') })],
      `key 'a' was dropped at ${at('02:00')}; an id is never used again, add a key with a new one`,
    ],
    [
      'a state that the lock file does not have',
      [key('a', 'retiring'), key('b', 'active')],
      [first, active],
      "key 'a' is 'retiring' in the configuration and 'active' in the lock file; change both with 'npm run keys'",
    ],
    [
      'a standby that vanished',
      [key('a', 'active')],
      [first, standby],
      "key 'b' is missing in the configuration and 'next' in the lock file; run 'npm run keys -- drop b'",
    ],
    [
      'another order, which can be another default',
      [key('b', 'next'), key('a', 'active')],
      [first, standby],
      "the keys are in the order 'b', 'a'; the lock file has 'a', 'b'",
    ],
    [
      'a record of an activation without publishing',
      [key('a', 'retiring'), key('b', 'active')],
      [retiring, { ...active, since: { active: at('12:00') } }],
      `key 'b' became active at ${at('12:00')} without being published before; only the first keys may`,
    ],
    [
      'a record of a drop without retirement',
      [key('b', 'active')],
      [locked('a', 'dropped', { active: at('00:00'), dropped: at('20:00') }), active],
      `key 'a' was dropped at ${at('20:00')}; it was never retired`,
    ],
    [
      'a time in the future',
      [key('a', 'active'), key('b', 'next')],
      [first, locked('b', 'next', { next: at('23:06') })],
      `key 'b' has 'next' at ${at('23:06')} in the lock file, which is in the future`,
    ],
  ])('%s', (_, keys, lock, message) => {
    expect(problems(keys, lock)).toEqual([message]);
  });

  test('an activation before the wait is over with the time from which it is allowed, and only a changed record after it', () => {
    const keys = [key('a', 'retiring'), key('b', 'active')];
    const lock = [retiring, standby];
    expect(problems(keys, lock, '11:59')).toContain(
      `key 'b' may be active from ${at('12:00')} on; it was published at ${at('09:10')}`,
    );
    expect(problems(keys, lock, '12:00')[0]).toMatch(/'active' in the configuration and 'next' in the lock file/);
  });

  test('a drop before the last token has expired with the time from which it is allowed', () => {
    expect(problems([key('b', 'active')], [retiring, active], '12:59')).toEqual([
      `key 'a' may be dropped from ${at('13:00')} on; it is retiring since ${at('12:00')}`,
    ]);
    expect(problems([key('b', 'active')], [retiring, active], '13:00')[0]).toMatch(/run 'npm run keys -- drop a'/);
  });

  describe('a record of a step that came too early, while its wait is still running', () => {
    const early = { ...active, since: { next: at('09:11'), active: at('12:00') } };
    const gone = { ...retiring, state: 'dropped', since: { ...retiring.since, dropped: at('12:59') } } as const;

    test('an activation', () => {
      const keys = [key('a', 'retiring'), key('b', 'active')];
      expect(problems(keys, [retiring, early], '12:00')).toEqual([
        `key 'b' became active at ${at('12:00')}; allowed is from ${at('12:01')} on`,
      ]);
      expect(problems(keys, [retiring, early], '12:01')).toEqual([]);
    });

    test.each<[string, Partial<LockedKey>]>([
      ['a drop', {}],
      ['a drop with the reason for another step', { emergency: { active: 'leak' } }],
    ])('%s', (_, more) => {
      const lock = [{ ...gone, ...more }, active];
      expect(problems([key('b', 'active')], lock, '12:59')).toEqual([
        `key 'a' was dropped at ${at('12:59')}; allowed is from ${at('13:00')} on`,
      ]);
      expect(problems([key('b', 'active')], lock, '13:00')).toEqual([]);
    });
  });

  test('by waits that can be set, and raised without condemning what kept to the old ones', () => {
    const keys = [key('a', 'retiring'), key('b', 'active')];
    const quick = { ...active, since: { next: at('11:59'), active: at('12:00') } };
    expect(problems(keys, [retiring, quick], '12:00', { publish: 60 })).toEqual([]);
    expect(problems(keys, [retiring, quick], '12:00', { publish: 61 })).toHaveLength(1);
    expect(problems(keys, [retiring, quick], '23:00', { publish: 10 * 3600, drop: 10 * 3600 })).toEqual([]);
    expect(
      problems(
        [key('b', 'active')],
        [{ ...retiring, state: 'dropped', since: { ...retiring.since, dropped: at('13:00') } }, active],
        '23:00',
        { drop: 10 * 3600 },
      ),
    ).toEqual([]);
  });
});

/** As the CDK CLI has apps made: it fails the stacks that were asked for, and not the whole app. */
function cliApp(): App {
  const app = testApp();
  app.node.setContext('@aws-cdk/core:failSynthOnValidationErrors', false);
  return app;
}

describe('SigningKeys', () => {
  const synthesize = (props: SigningKeysProps) => {
    const stack = testStack();
    new SigningKeys(stack, 'Keys', { publisherCode: inlineCode(), ...props });
    return resourceOf(Template.fromStack(stack), 'Custom::GatehousePublishedKeys').Properties;
  };

  test('refuses at synth, with the problem, as an error of its own stack', () => {
    const stack = new Stack(cliApp(), 'Test');
    const keys = [key('a', 'active'), key('b', 'next')];
    new SigningKeys(stack, 'Keys', { publisherCode: inlineCode(), keys, lock: [first] });
    const message = Match.stringLikeRegexp("^signingKeys: key 'b' is not in the lock file");
    Annotations.fromStack(stack).hasError('/Test/Keys', message);
  });

  test('lets CloudFormation wait two minutes for the publisher, not an hour', () => {
    const stack = testStack();
    new SigningKeys(stack, 'Keys', { publisherCode: inlineCode() }).edgeAnswers(
      'https://example.com',
      'https://example.com/jwks',
    );
    const template = Template.fromStack(stack);
    for (const type of Object.values(keyResources)) template.hasResourceProperties(type, { ServiceTimeout: '120' });
  });

  test('tells the publisher the waits and the emergencies on record', () => {
    const lock = [
      {
        ...retiring,
        state: 'dropped',
        since: { ...retiring.since, dropped: at('12:00') },
        emergency: { dropped: 'leak' },
      },
      { ...active, since: { next: at('11:59'), active: at('12:00') }, emergency: { active: 'leak' } },
    ] satisfies LockedKey[];
    const properties = synthesize({
      keys: [key('b', 'active')],
      lock,
      publishWait: Duration.hours(3),
      dropWait: Duration.minutes(50),
    });
    expect(properties).toMatchObject({
      PublishWait: 10800,
      DropWait: 3000,
      Emergency: { active: ['b'], dropped: ['a'] },
    });
  });

  test('waits 170 minutes and one hour by default, and knows no emergency', () => {
    expect(synthesize({})).toMatchObject({
      PublishWait: 10200,
      DropWait: 3600,
      Emergency: { active: [], dropped: [] },
    });
  });
});

describe('the lock file', () => {
  const signingKeys = [key('a', 'active'), key('b', 'next')];
  const recorded = [locked('a', 'active', { active: at('00:00') }), locked('b', 'next', { next: at('00:00') })];
  const lock: SigningKeyLock = { version: 1, stages: { dev: { any: recorded }, prod: { any: recorded } } };
  const text = JSON.stringify(lock);
  /** Midnight of that day has to be past. */
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date(at('23:00')), doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('is compared in a stack, for its stage', () => {
    const errors = (keys: typeof signingKeys, given?: SigningKeyLock) =>
      Annotations.fromStack(stackOf('dev', { signingKeys: keys }, cliApp(), given)).findError('*', Match.anyValue());
    expect(errors(signingKeys)).toEqual([]);
    expect(errors(signingKeys, lock)).toEqual([]);
    expect(errors(signingKeys.slice(0, 1), lock)).toMatchObject([
      { entry: { data: expect.stringMatching(/^signingKeys: .*'npm run keys -- drop b'/) } },
    ]);
  });

  test('that refuses one stage leaves the stack of another deployable', () => {
    const app = cliApp();
    stackOf('dev', { signingKeys: signingKeys.slice(0, 1) }, app, lock);
    stackOf('prod', { signingKeys }, app, lock);
    const assembly = app.synth();
    const levels = ['Gatehouse-dev', 'Gatehouse-prod'].map((name) =>
      assembly
        .getStackByName(name)
        .messages.map(({ level }) => level)
        .filter((level) => level === 'error'),
    );
    expect(levels).toEqual([['error'], []]);
  });

  test('has sections by Region, and `any` for those without one', () => {
    const [own, any] = [[first], [active]];
    const lock = { version: 1, stages: { dev: { 'eu-west-1': own, any } } } as const;
    expect(lockedKeys(lock, 'dev', 'eu-west-1')).toBe(own);
    expect(lockedKeys(lock, 'dev', 'us-east-1')).toBe(any);
    expect(() => lockedKeys(lock, 'prod', 'eu-west-1')).toThrow(
      "signing-keys.lock.json: stage 'prod' has no keys on record for Region 'eu-west-1'; run 'npm run keys -- init --stage prod' before its first deployment",
    );
    expect(() => lockedKeys({ version: 1, stages: { dev: { 'eu-west-1': own } } }, 'dev', 'us-east-1')).toThrow(
      "run 'npm run keys -- init --stage dev --region us-east-1' before",
    );
  });

  test.each<[string, (lock: string) => string, RegExp]>([
    ['no JSON', (lock) => lock.slice(1), /^signing-keys\.lock\.json is not valid JSON; restore it/],
    [
      'an unknown state',
      (text) => text.replace('"next"', '"old"'),
      /^signing-keys\.lock\.json\.stages\.dev\.any\.1\.state: /,
    ],
    ['an unknown member', (text) => text.replace('"since"', '"from"'), /stages\.dev\.any\.0.*from/],
    [
      'a time that is none',
      (text) => text.replace('T00:00:00.000Z', ''),
      /stages\.dev\.any\.0\.since\.active: is not a time in UTC/,
    ],
    [
      'a state without its time',
      (text) => text.replace('"state":"active"', '"state":"retiring"'),
      /stages\.dev\.any\.0\.since: has no time for its state/,
    ],
    ['another version', (text) => text.replace('"version":1', '"version":2'), /^signing-keys\.lock\.json\.version: /],
  ])('is refused with %s', (_, change, message) => {
    expect(() => parseSigningKeyLock(change(text))).toThrow(message);
  });
});
