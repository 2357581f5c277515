import { type DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import type { Stage } from '../../contract/environment.ts';
import { NetworksError } from './networks-error.ts';

/** The rate-limit table of a stage's stack in the account and Region of the client, by the name that CloudFormation gives it. */
export async function findTable(client: DynamoDBClient, stage: Stage): Promise<string> {
  const wanted = new RegExp(`^Gatehouse-${stage}-\\w*RateLimitTable`);
  const found: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    found.push(...TableNames.filter((name) => wanted.test(name)));
  }
  if (found.length === 1) return found[0]!;
  const what = found.length === 0 ? 'there is no rate-limit table' : `there are ${found.length} rate-limit tables`;
  throw new NetworksError(
    'TABLE_UNKNOWN',
    `${what} of the stack 'Gatehouse-${stage}'; name it with --table, as the stack's output RateLimitTableName says`,
  );
}
