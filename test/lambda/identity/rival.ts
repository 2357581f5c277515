/**
 * A process of its own for the races: makes the same attempts as its siblings and prints what succeeded, as JSON. Before each heat
 * it prints `ready` and waits for a line.
 */
import { createInterface } from 'node:readline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { twoFactor } from 'better-auth/plugins';
import { dynamodbAdapter } from '../../../lambda/identity/index.ts';
import { authOptions, equal, newAccount, newUser } from '../../support/identity.ts';
import { awsConfig } from '../../support/tables.ts';

/** What `processes.test.ts` made ready for its rivals. */
export interface Race {
  readonly endpoint: string;
  readonly rounds: number;
  /** How many rounds all rivals start together. */
  readonly heat: number;
  /** A user whose counter lets `guard` through. */
  readonly counterId: string;
  readonly guard: number;
  readonly values: readonly string[];
  /** Two users with two e-mails for each round; the first has a flag that can be set once. */
  readonly pairs: readonly (readonly [string, string])[];
  /** A session for each round, of the counter's user. */
  readonly tokens: readonly string[];
}

/** For each kind of attempt the rounds that this process won. */
export type Won = Record<
  'emails' | 'accounts' | 'linked' | 'values' | 'flags' | 'counts' | 'swaps' | 'deletes',
  number[]
>;

const race = JSON.parse(process.argv[2] ?? '{}') as Race;
const client = new DynamoDBClient(awsConfig(race.endpoint));
const adapter = dynamodbAdapter({ client, tableName: 'identity' })({ ...authOptions, plugins: [twoFactor()] });

const signals = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
async function allAreReady(): Promise<void> {
  process.stdout.write('ready\n');
  if ((await signals.next()).done) throw new Error('nobody started the heat');
}

/** Heat after heat, in an order of its own; a rival's win is an answer, anything else an error. */
async function attempts(attempt: (round: number) => Promise<unknown>): Promise<number[]> {
  const won: number[] = [];
  for (let start = 0; start < race.rounds; start += race.heat) {
    const rounds = Array.from({ length: race.heat }, (_, i) => start + i).sort(() => Math.random() - 0.5);
    await allAreReady();
    const results = await Promise.all(rounds.map((round) => isWon(attempt, round)));
    won.push(...rounds.filter((_, i) => results[i]));
  }
  return won;
}

async function isWon(attempt: (round: number) => Promise<unknown>, round: number): Promise<boolean> {
  try {
    return Boolean(await attempt(round));
  } catch (error) {
    if ((error as { code?: string }).code !== 'DUPLICATE') throw error;
    return false;
  }
}

const emailOf = (round: number, which: number) => `swap-${round}-${which}@example.com`;

const won: Won = {
  emails: await attempts((round) =>
    adapter.create({ model: 'user', data: newUser({ email: `rival-${round}@example.com` }) }),
  ),
  accounts: await attempts((round) => {
    const data = newAccount(race.counterId, { accountId: `rival-${round}` });
    return adapter.transaction((trx) => trx.create({ model: 'account', data }));
  }),
  // An OAuth callback: who finds no account makes a user with it.
  linked: await attempts((round) =>
    adapter.transaction(async (trx) => {
      const where = [equal('providerId', 'github'), equal('accountId', `callback-${round}`)];
      if (await trx.findOne({ model: 'account', where })) return null;
      const { id } = await trx.create({ model: 'user', data: newUser() });
      return trx.create({ model: 'account', data: newAccount(id, { accountId: `callback-${round}` }) });
    }),
  ),
  values: await attempts((round) =>
    adapter.consumeOne({ model: 'verification', where: [equal('id', race.values[round]!)] }),
  ),
  flags: await attempts((round) =>
    adapter.incrementOne({
      model: 'user',
      where: [equal('id', race.pairs[round]![0]), { field: 'emailVerified', operator: 'eq', value: false }],
      increment: {},
      set: { emailVerified: true },
    }),
  ),
  // A second factor's failures: as many as the guard allows.
  counts: await attempts(() =>
    adapter.incrementOne({
      model: 'twoFactor',
      where: [equal('userId', race.counterId), { field: 'failedVerificationCount', operator: 'lt', value: race.guard }],
      increment: { failedVerificationCount: 1 },
    }),
  ),
  swaps: await attempts(async (round) => {
    const which = Math.random() < 0.5 ? 0 : 1;
    const where = [equal('id', race.pairs[round]![which]!)];
    return adapter.update({ model: 'user', where, update: { email: emailOf(round, Math.random() < 0.5 ? 0 : 1) } });
  }),
  deletes: await attempts(async (round) => {
    const where = [equal('token', race.tokens[round]!)];
    const change = adapter.update({ model: 'session', where, update: { ipAddress: '192.0.2.1' } });
    const [deleted] = await Promise.all([adapter.deleteMany({ model: 'session', where }), change]);
    return deleted > 0;
  }),
};
process.stdout.write(`${JSON.stringify(won)}\n`);
process.stdin.destroy();
client.destroy();
