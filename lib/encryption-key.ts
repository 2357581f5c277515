import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * A customer-managed key for data at rest, rotated every year. It outlives the stack: without it, so does nothing it encrypted.
 * `removalPolicy` is that of what it encrypts, where that is kept even from a failed first deployment.
 */
export function encryptionKey(
  scope: Construct,
  id: string,
  description: string,
  removalPolicy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
): Key {
  return new Key(scope, id, { description, enableKeyRotation: true, removalPolicy });
}

/** Lets CloudWatch Logs use the key, for log groups of this account and Region. A key of another stack has to say so itself. */
export function allowLogs(key: IKey, scope: Construct): void {
  const { partition, region, account } = Stack.of(scope);
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'EncryptLogs',
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
      },
    }),
  );
}

/** Lets CloudWatch alarms publish to a topic that the key encrypts; without it they are lost without a trace. */
export function allowAlarms(key: IKey, scope: Construct): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'PublishAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
}

/**
 * Lets EventBridge publish to a topic that the key encrypts; without it events are lost without a trace. EventBridge names neither an
 * account nor a rule to KMS or to SNS, so that a statement with a condition on either lets nothing through.
 * Source: Amazon SNS, "Enable compatibility between event sources from AWS services and encrypted topics".
 */
export function allowEvents(key: IKey): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'PublishEvents',
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
    }),
  );
}

/** A statement for a role: use the key, but only through one service, so never on ciphertext that the role got elsewhere. */
export function useKeyThrough(
  service: 'dynamodb' | 'secretsmanager' | 'sqs',
  key: IKey,
  ...actions: string[]
): PolicyStatement {
  const { region, urlSuffix } = Stack.of(key);
  return new PolicyStatement({
    actions: actions.map((action) => `kms:${action}`),
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.${urlSuffix}` } },
  });
}
