import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { type LocalDynamoDb, startDynamoDb } from '../../local/dynamodb.ts';

export const awsConfig = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** A DynamoDB with the given tables, and a client for it. It is the one at DYNAMODB_ENDPOINT, if that is set. */
export async function startTables(...tables: CreateTableCommandInput[]): Promise<{
  dynamodb: LocalDynamoDb;
  client: DynamoDBClient;
  stop(): Promise<void>;
}> {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  const dynamodb = endpoint ? { endpoint, stop: async () => {} } : await startDynamoDb();
  const client = new DynamoDBClient(awsConfig(dynamodb.endpoint));
  for (const table of tables) await client.send(new CreateTableCommand(table));
  const stop = async () => {
    for (const { TableName } of tables) await client.send(new DeleteTableCommand({ TableName }));
    client.destroy();
    await dynamodb.stop();
  };
  return { dynamodb, client, stop };
}
