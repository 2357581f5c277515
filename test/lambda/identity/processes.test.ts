import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { twoFactor } from 'better-auth/plugins';
import {
  authOptions,
  equal,
  type Identity,
  newSession,
  newUser,
  newVerification,
  startIdentity,
} from '../../support/identity.ts';
import { findingsIn } from './check.ts';
import type { Race, Won } from './rival.ts';
import { runRivals } from './rivals.ts';

/** Four processes want the same things at the same moment, each round after round: hundreds of races, each with one winner. */
const rounds = 40;
const heat = 8;
const guard = 100;
const auth = { ...authOptions, plugins: [twoFactor()] };
let identity: Identity;
let adapter: ReturnType<Identity['adapter']>;
let race: Race;
let won: Won[];

beforeAll(async () => {
  identity = await startIdentity();
  adapter = identity.adapter({}, auth);
  race = await prepare();
  won = await runRivals(race, 4);
}, 180_000);
afterAll(() => identity.stop());

const each = <T>(work: (round: number) => Promise<T>) => Promise.all(Array.from({ length: rounds }, (_, i) => work(i)));
const createUser = (fields: object) => adapter.create({ model: 'user', data: newUser(fields) });

async function prepare(): Promise<Race> {
  const { id: counterId } = await createUser({});
  const factor = { userId: counterId, secret: 'secret', backupCodes: 'codes', failedVerificationCount: 0 };
  await adapter.create({ model: 'twoFactor', data: factor });
  const values = await each(() => adapter.create({ model: 'verification', data: newVerification() }));
  const pairs = await each(async (round) => {
    const users = await Promise.all(
      [0, 1].map((i) => createUser({ email: `swap-${round}-${i}@example.com`, emailVerified: false })),
    );
    return users.map(({ id }) => id) as [string, string];
  });
  const sessions = await each((round) => {
    // Half of them with a claim, half where their token says.
    const token = round % 2 ? `plain${round}` : `${counterId}~${round}`;
    return adapter.create({ model: 'session', data: newSession(counterId, { token }) });
  });
  return {
    endpoint: identity.endpoint,
    rounds,
    heat,
    counterId,
    guard,
    values: values.map(({ id }) => id),
    pairs,
    tokens: sessions.map(({ token }) => token),
  };
}

const winnersOf = (kind: keyof Won) => won.flatMap((process) => process[kind]).sort((a, b) => a - b);
const kinds = ['emails', 'accounts', 'linked', 'values', 'flags', 'counts', 'swaps', 'deletes'] as const;

/** Heats of a kind in which at least two processes won. */
function contested(kind: keyof Won): number[] {
  const heatsWon = won.map((process) => new Set(process[kind].map((round) => Math.floor(round / heat))));
  return [...Array(rounds / heat).keys()].filter((each) => heatsWon.filter((heats) => heats.has(each)).length >= 2);
}

// Of most kinds, not of each: on a busy machine one process may be ahead of the others through all heats of one kind.
test('of most kinds there was a heat in which two processes won: they did race', () => {
  expect(kinds.filter((kind) => contested(kind).length > 0).length).toBeGreaterThan(kinds.length / 2);
});

const everyRound = Array.from({ length: rounds }, (_, round) => round);

test.each([
  ['sign-ups with one e-mail', 'emails'],
  ['accounts with one provider id', 'accounts'],
  ['OAuth callbacks for one account', 'linked'],
  ['uses of a one-time value', 'values'],
  ['guarded changes of a flag', 'flags'],
  ['deletes of a session that rivals update', 'deletes'],
] as const)('of %s one succeeds in every round', (_name, kind) => {
  expect(winnersOf(kind)).toEqual(everyRound);
});

test('a guarded counter lets exactly as many through as it may', async () => {
  expect(winnersOf('counts')).toHaveLength(guard);
  const factor = await adapter.findOne({ model: 'twoFactor', where: [equal('userId', race.counterId)] });
  expect(factor).toMatchObject({ failedVerificationCount: guard });
});

test('users who swap their e-mails never share one', async () => {
  for (const pair of race.pairs) {
    const where = [{ field: 'id', operator: 'in' as const, value: [...pair] }];
    const users = await adapter.findMany<{ email: string }>({ model: 'user', where });
    expect(new Set(users.map(({ email }) => email)).size).toBe(2);
    for (const { email } of users) {
      expect(await adapter.count({ model: 'user', where: [equal('email', email)] })).toBe(1);
    }
  }
});

test('no session is left, whole or in part', async () => {
  expect(await adapter.findMany({ model: 'session', where: [equal('userId', race.counterId)] })).toEqual([]);
});

test('the store is as it should be', async () => {
  expect(await findingsIn(identity, auth)).toEqual([]);
});
