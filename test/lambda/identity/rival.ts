/** A process of its own for the races: makes the same attempts as its siblings and prints what succeeded, as JSON. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { twoFactor } from 'better-auth/plugins';
import { dynamodbAdapter } from '../../../lambda/identity/index.ts';
import { authOptions, equal, newAccount, newUser } from '../../support/identity.ts';
import { awsConfig } from '../../support/tables.ts';

/** What `processes.test.ts` made ready for its rivals. */
export interface Race {
  readonly endpoint: string;
  readonly rounds: number;
  /** A user whose flag can be set once, and whose counter lets `guard` through. */
  readonly counterId: string;
  readonly guard: number;
  readonly values: readonly string[];
  /** Two users with two e-mails for each round. */
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

/** All rounds at once, in an order of its own; a rival's win is an answer, anything else an error. */
async function attempts(attempt: (round: number) => Promise<unknown>): Promise<number[]> {
  const rounds = Array.from({ length: race.rounds }, (_, round) => round).sort(() => Math.random() - 0.5);
  const results = rounds.map(async (round) => {
    try {
      return (await attempt(round)) ? [round] : [];
    } catch (error) {
      if ((error as { code?: string }).code !== 'DUPLICATE') throw error;
      return [];
    }
  });
  return (await Promise.all(results)).flat();
}

const emailOf = (round: number, which: number) => `swap-${round}-${which}@example.com`;
const counter = equal('id', race.counterId);

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
  flags: await attempts(() =>
    adapter.incrementOne({
      model: 'user',
      where: [counter, { field: 'emailVerified', operator: 'eq', value: false }],
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
process.stdout.write(JSON.stringify(won));
client.destroy();
