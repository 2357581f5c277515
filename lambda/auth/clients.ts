import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';

/**
 * Every call ends well within the function's own timeout, so that an outage becomes a 503 and not a time-out; milliseconds.
 * The regions and endpoints are the SDK's to find.
 */
const requestHandler = { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true };

export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly kms: Pick<KMSClient, 'send'>;
  readonly secretsManager: SecretsManagerClient;
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly cloudwatch: Pick<CloudWatchClient, 'send'>;
}

export function createClients(): Clients {
  const config = { requestHandler, maxAttempts: 3 };
  return {
    // Almost every request sends something: middleware is put together once a command, not once a request. Nothing may be added later.
    dynamodb: new DynamoDBClient({ ...config, cacheMiddleware: true }),
    kms: onDemand(async () => {
      const { KMSClient } = await import('../tokens/kms-client.ts');
      return new KMSClient({ ...config, maxAttempts: 2 });
    }),
    secretsManager: new SecretsManagerClient(config),
    sqs: onDemand(async () => {
      const { SQSClient } = await import('../mailer/sqs-client.ts');
      return new SQSClient(config);
    }),
    cloudwatch: onDemand(async () => {
      const { CloudWatchClient } = await import('../audit/security-metrics/cloudwatch-client.ts');
      return new CloudWatchClient(config);
    }),
  };
}

/** A client that most containers do without for long: its code is loaded with the first request that it sends. */
function onDemand<Client extends { send(...args: never[]): unknown }>(
  create: () => Promise<Client>,
): Pick<Client, 'send'> {
  let client: Promise<Client> | undefined;
  const send = async (...args: never[]) => {
    client ??= create();
    return (await client).send(...args);
  };
  return { send } as Pick<Client, 'send'>;
}
