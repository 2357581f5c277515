import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type PublishedKey, rotationWaits } from '../../../contract/signing.ts';
import { createKeySet } from '../../../lambda/tokens/key-set.ts';
import { signToken } from '../../../lambda/tokens/sign-token.ts';
import { captureLogs } from '../../support/capture-logs.ts';
import { type Browser, baseUrl, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { type Fleet, kidOf, type Listed, startFleet } from './fleet.ts';
import { publishedKey } from './keys.ts';
import { createVerifiers, type Verifier } from './verifiers.ts';

/** Seconds between two looks: shorter than any wait, and during a deployment still as long as the window of the rate limit. */
const step = 600;
const pace = 60;
const size = 3;

let stack: Stack;
let user: Browser;
let keys: { a: PublishedKey; b: PublishedKey; c: PublishedKey };
let kids: { a: string; b: string; c: string };
beforeAll(async () => {
  stack = await startStack();
  user = await stack.start();
  await signedIn(stack, user, 'rotation@example.com');
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => publishedKey(stack.clients.kms, id)));
  keys = { a: a!, b: b!, c: c! };
  const { keys: set } = await createKeySet([a!, b!, c!]);
  kids = { a: set[0]!.kid, b: set[1]!.kid, c: set[2]!.kid };
});
afterAll(() => stack.stop());

const timers = ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const;
const intervals = ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const;
// The clock alone: work goes on as ever.
beforeEach(() => {
  jest.useFakeTimers({ now: Date.now(), doNotFake: [...timers, ...intervals] });
});
afterEach(() => {
  jest.useRealTimers();
});
// Some hundred tokens are signed, and each is verified again and again.
jest.setTimeout(120_000);

/** What one verifier said of one token at one time. */
interface Verdict {
  readonly verifier: string;
  readonly kid: string;
  /** Seconds since the start. */
  readonly at: number;
  readonly accepted: boolean;
}

interface World {
  readonly fleet: Fleet;
  readonly verifiers: readonly Verifier[];
  readonly verdicts: Verdict[];
  /** Lets time pass; at each step every container signs a token, and everyone verifies every token that has not expired. */
  pass(seconds: number): Promise<void>;
  /** Replaces one container after the other, in steps. */
  deploy(listed: Listed): Promise<void>;
  /**
   * The same, as slowly as the waits allow for, and with verifiers that start only then: each gets its first key set from a container
   * that is about to be replaced. Answers when it began, which is when a deployment reads the keys and the waits begin.
   */
  rollOut(listed: Listed): Promise<number>;
  rejections(): Verdict[];
  now(): number;
}

async function startWorld(listed: Listed): Promise<World> {
  const fleet = await startFleet(stack, user.jar, size, listed);
  const claims = { issuer: baseUrl, audience: baseUrl };
  const verifiers = createVerifiers(() => fleet.jwks(), claims);
  const startedAt = Date.now();
  const now = () => Math.round((Date.now() - startedAt) / 1000);
  const verdicts: Verdict[] = [];
  let tokens: string[] = [];

  async function look(): Promise<void> {
    tokens = [...tokens.filter((token) => decodeJwt(token).exp! * 1000 > Date.now()), ...(await fleet.mint())];
    for (const verifier of verifiers) {
      for (const token of tokens) {
        const accepted = await verifier.accepts(token);
        verdicts.push({ verifier: verifier.name, kid: kidOf(token), at: now(), accepted });
      }
    }
  }
  async function pass(seconds: number): Promise<void> {
    // Audit lines of some hundred tokens tell the reader of the test's output nothing.
    await captureLogs(async () => {
      for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
        jest.setSystemTime(Math.min(Date.now() + step * 1000, end));
        await look();
      }
    });
  }
  await pass(step);
  return {
    fleet,
    verifiers,
    verdicts,
    pass,
    now,
    async deploy(keys) {
      for (let index = 0; index < size; index++) {
        await fleet.replace(index, keys);
        await pass(pace);
      }
    },
    async rollOut(keys) {
      const began = now();
      for (let index = 0; index < size; index++) {
        let joining = true;
        verifiers.push(...createVerifiers(() => fleet.jwks(joining ? index : undefined), claims));
        await pass(1);
        joining = false;
        await fleet.replace(index, keys);
        await pass(2400 / size - 1);
      }
      return began;
    },
    rejections: () => verdicts.filter(({ accepted }) => !accepted),
  };
}

describe('a planned rotation', () => {
  test('rejects no token, on any verifier, while old and new containers run side by side', async () => {
    const world = await startWorld([[keys.a, 'active']]);
    const published = await world.rollOut([
      [keys.a, 'active'],
      [keys.b, 'next'],
    ]);
    await world.pass(published + rotationWaits.publish - world.now());
    const signedBy = (kid: string) => world.verdicts.filter((verdict) => verdict.kid === kid).length;
    expect(signedBy(kids.b)).toBe(0);
    const retired = await world.rollOut([
      [keys.b, 'active'],
      [keys.a, 'retiring'],
      [keys.c, 'next'],
    ]);
    await world.pass(retired + rotationWaits.drop - world.now());
    await world.rollOut([
      [keys.b, 'active'],
      [keys.c, 'next'],
    ]);
    // Until also the longest cache has seen the new set.
    await world.pass(7_200 + step);

    expect(world.rejections()).toEqual([]);
    expect(signedBy(kids.a)).toBeGreaterThan(0);
    expect(signedBy(kids.b)).toBeGreaterThan(0);
    for (const { name, known } of world.verifiers) expect({ name, known: known() }).toEqual(expectedSet(name));
  });

  /** aws-jwt-verify asks again only for a kid that it does not know, and so has not seen that the first key is gone. */
  const expectedSet = (name: string) => ({
    name,
    known: name.startsWith('aws-jwt-verify') ? expect.arrayContaining([kids.b]) : [kids.b, kids.c],
  });

  test('that does not wait before activation is noticed: by those who keep a key set for long', async () => {
    const world = await startWorld([[keys.a, 'active']]);
    await world.deploy([
      [keys.a, 'active'],
      [keys.b, 'next'],
    ]);
    await world.deploy([
      [keys.b, 'active'],
      [keys.a, 'retiring'],
    ]);
    await world.pass(step);
    const rejections = world.rejections();
    expect(new Set(rejections.map(({ verifier }) => verifier))).toEqual(
      new Set(['jose behind a cache', 'aws-jwt-verify behind a cache', 'two-hour cache']),
    );
    expect(new Set(rejections.map(({ kid }) => kid))).toEqual(new Set([kids.b]));
  });

  test('that does not publish before activation is noticed by all: an old container’s key set lacks the key', async () => {
    const world = await startWorld([[keys.a, 'active']]);
    await world.deploy([
      [keys.b, 'active'],
      [keys.a, 'retiring'],
    ]);
    const noticed = new Set(world.rejections().map(({ verifier }) => verifier));
    expect(noticed.size).toBeGreaterThan(2);
  });

  test('that drops a key before its tokens have expired is noticed', async () => {
    const world = await startWorld([
      [keys.a, 'active'],
      [keys.b, 'next'],
    ]);
    await world.pass(rotationWaits.publish);
    await world.deploy([
      [keys.b, 'active'],
      [keys.a, 'retiring'],
    ]);
    await world.deploy([[keys.b, 'active']]);
    await world.pass(900);
    expect(new Set(world.rejections().map(({ kid }) => kid))).toEqual(new Set([kids.a]));
  });
});

describe('an emergency rotation', () => {
  /** Signed while the key was in wrong hands: KMS does not look at `exp`. */
  async function stolenToken(): Promise<string> {
    const key = (await createKeySet([keys.a])).activeKey();
    const iat = Math.floor(Date.now() / 1000);
    const payload = { iss: baseUrl, aud: baseUrl, sub: 'victim', iat, exp: iat + 7 * 86_400 };
    return signToken({ kms: stack.clients.kms, key, payload });
  }

  test('rejects the tokens of the dropped key, as caches learn of it, and no other; users get new ones at once', async () => {
    const world = await startWorld([
      [keys.a, 'active'],
      [keys.b, 'next'],
    ]);
    await world.pass(3 * step);
    const stolen = await stolenToken();
    const accept = () =>
      Promise.all(world.verifiers.map(async (one) => [one.name, await one.accepts(stolen)] as const));
    expect(Object.values(Object.fromEntries(await accept()))).toEqual(world.verifiers.map(() => true));

    await world.deploy([
      [keys.b, 'active'],
      [keys.c, 'next'],
    ]);
    const deployedAt = world.now();
    for (const token of await world.fleet.mint()) {
      expect(kidOf(token)).toBe(kids.b);
      for (const verifier of world.verifiers) expect(await verifier.accepts(token)).toBe(true);
    }
    await world.pass(1_200);

    expect(new Set(world.rejections().map(({ kid }) => kid))).toEqual(new Set([kids.a]));
    // From when its cache is over a verifier accepts nothing of the dropped key: jose keeps it ten minutes, a cache as many more.
    const acceptedLate = (name: string, seconds: number) =>
      world.verdicts.filter(
        ({ verifier, kid, at, accepted }) =>
          verifier === name && kid === kids.a && at > deployedAt + seconds && accepted,
      );
    expect(acceptedLate('jose', 600)).toEqual([]);
    expect(acceptedLate('jose behind a cache', 1_200)).toEqual([]);

    // Which is why the runbook has these restarted: nothing tells them that a key is gone.
    expect(Object.fromEntries(await accept())).toEqual({
      'just started': false,
      jose: false,
      'jose behind a cache': false,
      'aws-jwt-verify': true,
      'aws-jwt-verify behind a cache': true,
      'two-hour cache': true,
    });
    await world.pass(7_200);
    expect(Object.fromEntries(await accept())).toMatchObject({ 'two-hour cache': false });
    const restarted = createVerifiers(() => world.fleet.jwks(), { issuer: baseUrl, audience: baseUrl });
    for (const verifier of restarted)
      expect([verifier.name, await verifier.accepts(stolen)]).toEqual([verifier.name, false]);
  });
});
