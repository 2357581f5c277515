import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type AwsOptions, startAws } from '../../../local/aws/server.ts';

/** The local services, with the SDK's own clients for them. */
export async function startWithClients(options: AwsOptions = {}) {
  const server = await startAws(options);
  const config = {
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  return {
    ...server,
    kms: new KMSClient(config),
    secretsManager: new SecretsManagerClient(config),
    sqs: new SQSClient(config),
    ses: new SESv2Client(config),
  };
}

export type AwsWithClients = Awaited<ReturnType<typeof startWithClients>>;
