import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

/**
 * Every call ends well within the function's own timeout, so that an outage becomes a 503 and not a time-out; milliseconds.
 * The regions and endpoints are the SDK's to find.
 */
const requestHandler = { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true };

export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly kms: KMSClient;
  readonly secretsManager: SecretsManagerClient;
  readonly sqs: SQSClient;
}

export function createClients(): Clients {
  const config = { requestHandler, maxAttempts: 3 };
  return {
    // Almost every request sends something: middleware is put together once a command, not once a request. Nothing may be added later.
    dynamodb: new DynamoDBClient({ ...config, cacheMiddleware: true }),
    kms: new KMSClient({ ...config, maxAttempts: 2 }),
    secretsManager: new SecretsManagerClient(config),
    sqs: new SQSClient(config),
  };
}
