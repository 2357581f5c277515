import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { rateLimitTableKeys } from '../../contract/tables.ts';

/** The table's definition for local tables and tests; turn on time to live for the attribute `ttl` besides. */
export function rateLimitTable(tableName: string): CreateTableCommandInput {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: rateLimitTableKeys.partitionKey, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: rateLimitTableKeys.partitionKey, KeyType: 'HASH' }],
  };
}
