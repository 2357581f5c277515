import { SignCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AlarmName } from '../../contract/alarm-defaults.ts';
import type { eventMetrics } from '../../lib/alarms/watched-metrics.ts';
import { type AlarmProperties, type Datum, keyOf, stateOf, statsOf } from '../support/alarm-evaluator.ts';
import { alarmsIn, ruleHolds, ruleText } from '../support/alarm-rule.ts';
import { captureLogs } from '../support/capture-logs.ts';
import { withCheapPasswords } from '../support/cheap-passwords.ts';
import { emittedMetrics } from '../support/emitted-metrics.ts';
import type { Browser, Stack } from '../support/stack.ts';
import { resourceOf, resourcesOf, templateOf } from './support.ts';

/*
 * Attacks and failures on the real function; what it emits is put to the alarms of the synthesized template.
 */

const template = templateOf('prod', { audit: { trailLogGroupName: 'trail' } });
const alarms = new Map(
  Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm'))
    .filter(([id]) => id.startsWith('GatehouseAlarms'))
    .map(([id, { Properties }]) => [
      id.replace(/^GatehouseAlarms(.*)[0-9A-F]{8}$/, '$1'),
      Properties as AlarmProperties,
    ]),
);
const alarm = (name: AlarmName): AlarmProperties => alarms.get(name)!;
const rule = ruleText(resourceOf(template, 'AWS::CloudWatch::CompositeAlarm').Properties.AlarmRule);
const nameOf = (id: string) => id.replace(/^GatehouseAlarms(.*)[0-9A-F]{8}$/, '$1');

// Read once, when the metrics are made, as in Lambda.
process.env.POWERTOOLS_SERVICE_NAME = resourceOf(
  template,
  'AWS::Lambda::Function',
  /AuthFunction/,
).Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;
const { frozenClock, password, signedIn, startStack } = await import('../support/stack.ts');

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start({ ...withCheapPasswords(), now: frozenClock() });
});
afterAll(() => stack.stop());

const times = async (count: number, run: (index: number) => Promise<unknown>): Promise<void> => {
  for (let index = 0; index < count; index++) await run(index);
};
const emitted = async (run: () => Promise<unknown>): Promise<Datum[]> => emittedMetrics(await captureLogs(run));
/** The end of the period in which the data came. */
const endOf = (data: readonly Datum[]): number => Math.max(0, ...data.map(({ time }) => time)) + 1;
const ringing = (data: readonly Datum[]): string[] =>
  [...alarms].filter(([, each]) => stateOf(each, data, endOf(data), band) === 'ALARM').map(([name]) => name);
const underAttack = (data: readonly Datum[]): boolean => {
  const names = ringing(data);
  return ruleHolds(rule, (id) => names.includes(nameOf(id)));
};
/** What CloudWatch has learned: some people mistype. */
const band = () => ({ expected: 5, deviation: 5 });

const wrong = { password: 'not the password at all' };
const signIn = (from: Browser, email: string) => from.post('/api/auth/sign-in/email', { email, ...wrong });
const failing = (name: string) => ({
  send: async () => {
    throw Object.assign(new Error('injected'), { name });
  },
});

interface Drill {
  /** What one source does, or one failure. */
  readonly run: () => Promise<unknown>;
  /** How many do the same at once: what one emitted counts as often. @default - 1 */
  readonly sources?: number;
}

/** One attack or failure for each alarm on events of our own, as large as its threshold and a little. */
const drills = {
  // Each from an address of its own: no limit and no lock helps.
  SignInFailures: { run: () => times(101, (index) => signIn(browser.another(), `stuffed-${index}@example.com`)) },
  // Goes on for two periods: the data of one are counted in both, see below.
  SignInFailureAnomaly: { run: () => signIn(browser.another(), 'unusual@example.com'), sources: 21 },
  AccountLocks: {
    run: () => {
      const source = browser.another();
      return times(5, () => signIn(source, 'locked@example.com'));
    },
    sources: 21,
  },
  LockedAttempts: {
    run: () => {
      const source = browser.another();
      return times(16, () => signIn(source, 'guessed@example.com'));
    },
    sources: 10,
  },
  RateLimited: {
    run: () => {
      const source = browser.another();
      return times(60, () => source.post('/api/auth/two-factor/verify-totp', { code: '000000' }));
    },
    sources: 9,
  },
  // A copy of a cookie, used after its owner has signed out.
  SuspiciousActivity: {
    run: async () => {
      const owner = browser.another();
      await signedIn(stack, owner, 'copied@example.com');
      const thief = browser.another();
      for (const [name, value] of owner.jar) thief.jar.set(name, value);
      await owner.post('/api/auth/sign-out');
      await thief.get('/api/auth/get-session');
    },
    sources: 11,
  },
  OriginRejections: {
    run: () => browser.post('/api/auth/sign-out', {}, { Origin: 'https://evil.example' }),
    sources: 51,
  },
  SigningFailures: { run: () => noToken() },
  KmsErrors: { run: () => noToken() },
  StoreFailures: {
    run: async () => {
      const dynamodb = failing('ProvisionedThroughputExceededException') as never;
      const broken = await stack.start({ ...withCheapPasswords(), clients: { dynamodb } });
      await times(6, (index) => signIn(broken, `store-${index}@example.com`));
    },
  },
  UnexpectedErrors: {
    run: async () => {
      const plugin = {
        id: 'faulty',
        onRequest: async () => {
          throw new TypeError('injected');
        },
      };
      const broken = await stack.start(withCheapPasswords({}, { plugins: [plugin] }));
      await broken.get('/api/auth/get-session');
    },
  },
  BreachCheckOutages: {
    run: async () => {
      const breachCheck = { endpoint: 'http://127.0.0.1:9', onUnavailable: 'allow', timeout: 1000 } as const;
      const unchecked = await stack.start(withCheapPasswords({ breachCheck }));
      await times(6, (index) => signUp(unchecked.another(), `unchecked-${index}@example.com`));
    },
  },
  MailFailures: {
    run: async () => {
      const sqs = failing('ServiceUnavailable') as never;
      const silent = await stack.start({ ...withCheapPasswords(), clients: { sqs } });
      await signUp(silent, 'mail@example.com');
    },
  },
} satisfies Record<keyof typeof eventMetrics, Drill>;

const signUp = (from: Browser, email: string) => from.post('/api/auth/sign-up/email', { name: 'Ada', email, password });

async function noToken(): Promise<void> {
  const kms = failing('KMSInternalException') as never;
  const broken = await stack.start({ ...withCheapPasswords(), clients: { kms } });
  const person = browser.another();
  await signedIn(stack, person, `kms-${++unsigned}@example.com`);
  for (const [name, value] of person.jar) broken.jar.set(name, value);
  await broken.get('/api/auth/token');
}
let unsigned = 0;

/** A morning: people sign up, mistype, sign in, fetch tokens and leave. */
const ordinary = () =>
  times(4, async (index) => {
    const email = `ordinary-${index}@example.com`;
    const person = browser.another();
    await signUp(person, email);
    const mail = (await stack.mails()).find(({ to }) => to === email);
    await person.get(new URL(mail!.url!).pathname.slice('/prod'.length) + new URL(mail!.url!).search);
    await signIn(person, email);
    await person.post('/api/auth/sign-in/email', { email, password });
    await person.get('/api/auth/get-session');
    await times(3, () => person.get('/api/auth/token'));
    await person.post('/api/auth/sign-out');
  });

/** What each drill emitted. */
const seen = new Map<string, Datum[]>();

describe.each(Object.entries<Drill>(drills))('%s', (name, { run, sources = 1 }) => {
  let data: Datum[];
  beforeAll(async () => {
    const once = await emitted(run);
    data = Array.from({ length: sources }, () => once).flat();
    if (name === 'SignInFailureAnomaly') data.push(...data.map((each) => ({ ...each, time: each.time - 15 * 60_000 })));
    seen.set(name, data);
  });

  test('rings', () => {
    expect(ringing(data)).toContain(name);
  });

  test('is over when its periods are', () => {
    const minutes = name === 'SignInFailureAnomaly' ? 30 : 5;
    expect(stateOf(alarm(name as AlarmName), data, endOf(data) + minutes * 60_000, band)).toBe('OK');
  });
});

describe('ordinary traffic', () => {
  let data: Datum[];
  beforeAll(async () => {
    data = await emitted(ordinary);
    seen.set('ordinary', data);
  });

  test('is counted', () => {
    const count = (name: string) => data.filter((each) => each.name === name).length;
    expect(['SignUp', 'SignInSucceeded', 'SignInFailed', 'TokenIssued'].map(count)).toEqual([4, 4, 4, 12]);
  });

  test('rings nothing', () => {
    expect(ringing(data)).toEqual([]);
    expect(underAttack(data)).toBe(false);
  });

  test('is silent at the threshold itself', () => {
    const [failure] = data.filter(({ name }) => name === 'SignInFailed');
    const hundred = Array.from({ length: 100 }, () => failure!);
    expect(stateOf(alarm('SignInFailures'), hundred, endOf(data))).toBe('OK');
    expect(stateOf(alarm('SignInFailures'), [...hundred, failure!], endOf(data))).toBe('ALARM');
  });
});

describe('signatures without tokens', () => {
  const { Namespace, MetricName } = statsOf(alarm('UnmatchedSignatures')).find(
    ({ MetricName }) => MetricName === 'SignCalls',
  )!;
  let data: Datum[];
  let signed: number;

  /** What the trail has: every signature of the key, whoever asked for it. */
  const trail = (): Datum[] =>
    Array.from({ length: signed }, () => ({
      namespace: Namespace,
      name: MetricName,
      dimensions: {},
      time: endOf(data) - 1,
      value: 1,
    }));

  beforeAll(async () => {
    signed = 0;
    stack.clients.kms.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'SignCommand') signed++;
          return next(args);
        },
      { step: 'initialize', name: 'trail' },
    );
    await captureLogs(() => signedIn(stack, browser, 'tokens@example.com'));
    data = await emitted(() => times(10, () => browser.get('/api/auth/token')));
  });

  test('are silent as long as each is a token', () => {
    expect(signed).toBe(10);
    expect(stateOf(alarm('UnmatchedSignatures'), [...data, ...trail()], endOf(data))).toBe('OK');
  });

  test('ring when somebody else signs', async () => {
    await times(22, () =>
      stack.clients.kms.send(
        new SignCommand({
          KeyId: stack.keyArn,
          Message: Buffer.from('forged'),
          MessageType: 'RAW',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      ),
    );
    expect(stateOf(alarm('UnmatchedSignatures'), [...data, ...trail()], endOf(data))).toBe('ALARM');
  });

  test('are silent without a trail', () => {
    expect(stateOf(alarm('UnmatchedSignatures'), data, endOf(data))).toBe('OK');
  });
});

describe('UnderAttack', () => {
  const drilled = (...names: (keyof typeof drills)[]) => {
    const all = names.flatMap((name) => seen.get(name)!);
    const latest = endOf(all) - 1;
    // All of it within the last period, however long the drills took.
    return all.map((each) => ({ ...each, time: Math.max(each.time, latest - 60_000) }));
  };

  test('is made of alarms of the template', () => {
    expect(
      alarmsIn(rule)
        .map(nameOf)
        .filter((name) => !alarms.has(name)),
    ).toEqual([]);
  });

  test.each([
    ['SignInFailures', 'AccountLocks'],
    ['SignInFailures', 'LockedAttempts'],
    ['SignInFailures', 'RateLimited'],
  ] as const)('holds when sign-ins fail and a defence is at work: %s, %s', (...names) => {
    expect(underAttack(drilled(...names))).toBe(true);
  });

  test.each([['SignInFailures'], ['RateLimited'], ['StoreFailures'], ['MailFailures'], ['KmsErrors']] as const)(
    'does not hold for one of the two, nor for a failure of ours: %s',
    (name) => {
      expect(underAttack(drilled(name))).toBe(false);
    },
  );
});

test('what the alarms watch in the namespace of Gatehouse is what the drills emitted, to the dimension', () => {
  const known = new Set(
    [...seen.values()].flat().map(({ namespace, name, dimensions }) => keyOf(namespace, name, dimensions)),
  );
  const watched = [...alarms].flatMap(([alarmName, each]) =>
    statsOf(each)
      .filter(({ Namespace }) => Namespace === 'Gatehouse')
      .map((stat) => ({ alarmName, stat })),
  );
  expect(watched.length).toBeGreaterThan(10);
  const unknown = watched.filter(
    ({ stat: { Namespace, MetricName, Dimensions = [] } }) =>
      !known.has(keyOf(Namespace, MetricName, Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])))),
  );
  expect(unknown.map(({ alarmName, stat }) => `${alarmName}: ${stat.MetricName}`)).toEqual([]);
});
