/** A process of its own for the parallel tests: for each task that comes in on a line, it signs in that often at once. */
import { createInterface } from 'node:readline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbAdapter } from '../../../../lambda/identity/index.ts';
import { awsConfig } from '../../../support/tables.ts';
import { authWithSessions, type Task } from './rivalry.ts';

async function run({ endpoint, sessions, userIds, tries }: Task): Promise<number> {
  const client = new DynamoDBClient({ ...awsConfig(endpoint), maxAttempts: 1 });
  const auth = authWithSessions(dynamodbAdapter({ client, tableName: 'identity' }), sessions);
  const { internalAdapter } = await auth.$context;
  const signIns = userIds.flatMap((userId) =>
    Array.from({ length: tries }, async () => {
      try {
        await internalAdapter.createSession(userId);
        return 1;
      } catch (error) {
        if ((error as { body?: { code?: string } }).body?.code !== 'TOO_MANY_SESSIONS') throw error;
        return 0;
      }
    }),
  );
  const begun = (await Promise.all(signIns)).reduce<number>((sum, one) => sum + one, 0);
  client.destroy();
  return begun;
}

console.log('ready');
for await (const line of createInterface(process.stdin)) {
  console.log(JSON.stringify(await run(JSON.parse(line) as Task)));
}
