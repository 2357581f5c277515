import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { identityTableKeys } from '../../contract/tables.ts';

/**
 * The table that the adapter needs, for `CreateTableCommand`: local tables and tests. Time to live is switched on separately,
 * by `UpdateTimeToLiveCommand` on the attribute `ttl`; expired rows are absent for the adapter with or without it.
 */
export function identityTable(tableName: string): CreateTableCommandInput {
  const { partitionKey, sortKey, directory } = identityTableKeys;
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [partitionKey, sortKey, directory.partitionKey, directory.sortKey].map((name) => ({
      AttributeName: name,
      AttributeType: 'S',
    })),
    KeySchema: keySchema(partitionKey, sortKey),
    GlobalSecondaryIndexes: [
      {
        IndexName: directory.indexName,
        KeySchema: keySchema(directory.partitionKey, directory.sortKey),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  };
}

const keySchema = (partitionKey: string, sortKey: string): CreateTableCommandInput['KeySchema'] => [
  { AttributeName: partitionKey, KeyType: 'HASH' },
  { AttributeName: sortKey, KeyType: 'RANGE' },
];
