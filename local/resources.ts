import { randomBytes } from 'node:crypto';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  type KMSClient,
  NotFoundException,
} from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type SigningAlgorithm, signingAlgorithms } from '../contract/signing.ts';

/** What CloudFormation makes in AWS; each is left as it is when an earlier run made it. */
export async function createTable(client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> {
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: table.TableName });
}

/** @returns the key's ARN. */
export async function createSigningKey(client: KMSClient, alias: string, algorithm: SigningAlgorithm): Promise<string> {
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: alias }));
    return KeyMetadata!.Arn!;
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  }
  const { keySpec } = signingAlgorithms[algorithm];
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ KeySpec: keySpec, KeyUsage: 'SIGN_VERIFY' }));
  await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata!.KeyId }));
  return KeyMetadata!.Arn!;
}

/** @returns the secret's ARN. Its value is random, 48 bytes. */
export async function createSecret(client: SecretsManagerClient, name: string): Promise<string> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: name }))).ARN!;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  const value = randomBytes(48).toString('base64url');
  return (await client.send(new CreateSecretCommand({ Name: name, SecretString: value }))).ARN!;
}

/** @returns the secret's ARN. Its value is this one from now on. */
export async function putSecret(client: SecretsManagerClient, name: string, value: string): Promise<string> {
  const arn = await createSecret(client, name);
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: value }));
  return arn;
}

/** A queue whose messages go to `<name>-dead` after three tries. */
export async function createQueue(client: SQSClient, name: string): Promise<{ url: string; arn: string }> {
  const dead = await client.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: await queueArn(client, dead.QueueUrl!),
    maxReceiveCount: 3,
  });
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: { RedrivePolicy } }));
  return { url: QueueUrl!, arn: await queueArn(client, QueueUrl!) };
}

async function queueArn(client: SQSClient, url: string): Promise<string> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return Attributes!.QueueArn!;
}
