import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type LocalDynamoDb, startDynamoDb } from '../../local/dynamodb.ts';

export const awsConfig = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** A DynamoDB with the given tables, and a client for it. */
export async function startTables(...tables: CreateTableCommandInput[]): Promise<{
  dynamodb: LocalDynamoDb;
  client: DynamoDBClient;
  stop(): Promise<void>;
}> {
  const dynamodb = await startDynamoDb();
  const client = new DynamoDBClient(awsConfig(dynamodb.endpoint));
  for (const table of tables) await client.send(new CreateTableCommand(table));
  const stop = async () => {
    client.destroy();
    await dynamodb.stop();
  };
  return { dynamodb, client, stop };
}
