import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { testAdapter } from '@better-auth/test-utils/adapter';
import { afterAll, jest } from '@jest/globals';
import { dynamodbAdapter, identityTable } from '../../lambda/identity/index.ts';
import { startTables } from './tables.ts';
import { defined } from './vitest-shim.ts';

// Better Auth refuses to start without one in production.
process.env.BETTER_AUTH_SECRET = 'conformance-secret-0123456789-0123456789';

type Suites = Parameters<typeof testAdapter>[0]['tests'];

/**
 * Runs suites of Better Auth on the adapter. They query any field of any model, so every model is listed: the only difference
 * from the adapter's defaults.
 */
export async function conform(...tests: Suites): Promise<void> {
  const table = identityTable('identity');
  const { client, stop } = await startTables(table);
  // The suites report their progress and statistics on the console.
  jest.spyOn(console, 'log').mockImplementation(() => {});
  jest.spyOn(console, 'warn').mockImplementation(() => {});
  const { execute } = await testAdapter({
    adapter: () => dynamodbAdapter({ client, tableName: 'identity', listing: 'all' }),
    async runMigrations() {
      await client.send(new DeleteTableCommand({ TableName: 'identity' }));
      await client.send(new CreateTableCommand(table));
    },
    tests,
  });
  execute();
  await defined();
  afterAll(stop);
}
