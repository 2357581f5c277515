/** A process of its own for the races: makes the same attempts as its siblings and prints what succeeded, as JSON. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbAdapter } from '../../../lambda/identity/index.ts';
import { authOptions, equal, newAccount, newUser } from '../../support/identity.ts';
import { awsConfig } from '../../support/tables.ts';

const [endpoint, rounds, counterId, ...valueIds] = process.argv.slice(2) as [string, string, string, ...string[]];
const client = new DynamoDBClient(awsConfig(endpoint));
const adapter = dynamodbAdapter({ client, tableName: 'identity' })(authOptions);

const attempts = (attempt: (round: number) => Promise<unknown>) =>
  Promise.all(
    Array.from({ length: Number(rounds) }, (_, round) =>
      attempt(round).then(
        (row) => (row === null ? undefined : round),
        (error) => {
          if (error.code !== 'DUPLICATE') throw error;
          return undefined;
        },
      ),
    ),
  ).then((won) => won.filter((round) => round !== undefined));

const won = {
  emails: await attempts((round) =>
    adapter.create({ model: 'user', data: newUser({ email: `rival-${round}@example.com` }) }),
  ),
  accounts: await attempts((round) => {
    const data = newAccount(counterId, { accountId: `rival-${round}` });
    return adapter.transaction((trx) => trx.create({ model: 'account', data }));
  }),
  values: await attempts((round) =>
    adapter.consumeOne({ model: 'verification', where: [equal('id', valueIds[round]!)] }),
  ),
  counts: await attempts(() =>
    adapter.incrementOne({
      model: 'user',
      where: [equal('id', counterId), { field: 'emailVerified', operator: 'eq', value: false }],
      increment: {},
      set: { emailVerified: true },
    }),
  ),
};
process.stdout.write(JSON.stringify(won));
client.destroy();
