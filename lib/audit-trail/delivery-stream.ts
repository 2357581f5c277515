import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeOwnPolicy } from '../acknowledge.ts';

/** Where events are in the bucket, by the day on which they were delivered, in UTC. */
export const eventPrefix = 'events/';

/** Where goes what could not be processed, by the kind of failure and the day. */
export const failurePrefix = 'failures/';

export interface DeliveryStreamOptions {
  readonly bucket: IBucket;
  /** Encrypts the stream, and the bucket if it is a new one. */
  readonly encryptionKey: IKey;
  /** Gets the errors of delivery. */
  readonly errorLogGroup: ILogGroup;
}

/** Unpacks what CloudWatch Logs sends, and writes one JSON object a line into the bucket, compressed. */
export function deliveryStream(scope: Construct, id: string, options: DeliveryStreamOptions): CfnDeliveryStream {
  const { bucket, encryptionKey, errorLogGroup } = options;
  const errors = new LogStream(scope, 'Errors', { logGroup: errorLogGroup, logStreamName: 'delivery' });
  const role = deliveryRole(scope, options, errors.logStreamName);
  const stream = new CfnDeliveryStream(scope, id, {
    deliveryStreamType: 'DirectPut',
    deliveryStreamEncryptionConfigurationInput: {
      keyType: 'CUSTOMER_MANAGED_CMK',
      keyArn: encryptionKey.keyArn,
    },
    extendedS3DestinationConfiguration: {
      bucketArn: bucket.bucketArn,
      roleArn: role.roleArn,
      prefix: `${eventPrefix}!{timestamp:yyyy/MM/dd}/`,
      errorOutputPrefix: `${failurePrefix}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
      bufferingHints: { intervalInSeconds: 300, sizeInMBs: 64 },
      compressionFormat: 'GZIP',
      cloudWatchLoggingOptions: {
        enabled: true,
        logGroupName: errorLogGroup.logGroupName,
        logStreamName: errors.logStreamName,
      },
      processingConfiguration: { enabled: true, processors },
    },
  });
  stream.node.addDependency(role);
  return stream;
}

/**
 * CloudWatch Logs packs many lines into a gzip'd envelope, and Firehose joins envelopes without a separator: as they come, nothing
 * reads them. Source: Amazon Data Firehose, "Decompress CloudWatch Logs" and "Extract message after decompression".
 */
const processors: CfnDeliveryStream.ProcessorProperty[] = [
  { type: 'Decompression', parameters: [{ parameterName: 'CompressionFormat', parameterValue: 'GZIP' }] },
  {
    type: 'CloudWatchLogProcessing',
    parameters: [{ parameterName: 'DataMessageExtraction', parameterValue: 'true' }],
  },
  { type: 'AppendDelimiterToRecord', parameters: [] },
];

function deliveryRole(scope: Construct, options: DeliveryStreamOptions, errorStream: string): Role {
  const { bucket, encryptionKey, errorLogGroup } = options;
  const { account, region, partition, urlSuffix } = Stack.of(scope);
  const role = new Role(scope, 'DeliveryRole', {
    // The one condition that Firehose's own documentation has for its role.
    assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
      conditions: { StringEquals: { 'sts:ExternalId': account } },
    }),
  });
  // Source: Amazon Data Firehose, "Grant Firehose access to an Amazon S3 destination".
  const statements = [
    {
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      resources: [bucket.bucketArn],
    },
    {
      actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      resources: [bucket.arnForObjects(`${eventPrefix}*`), bucket.arnForObjects(`${failurePrefix}*`)],
    },
    {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [(bucket.encryptionKey ?? encryptionKey).keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': bucket.arnForObjects('*') },
      },
    },
    {
      actions: ['logs:PutLogEvents'],
      resources: [
        `arn:${partition}:logs:${region}:${account}:log-group:${errorLogGroup.logGroupName}:log-stream:${errorStream}`,
      ],
    },
  ];
  for (const statement of statements) role.addToPolicy(new PolicyStatement(statement));
  acknowledgeOwnPolicy(role, 'one bucket');
  for (const prefix of [eventPrefix, failurePrefix]) {
    acknowledge(
      role,
      'IAM5',
      'Firehose names the objects by the time of their delivery. It may write below these two prefixes of one bucket.',
      `Resource::${bucketInFindings(bucket)}/${prefix}*`,
    );
  }
  return role;
}

/** As cdk-nag writes it. */
function bucketInFindings(bucket: IBucket): string {
  const { defaultChild } = bucket.node;
  return defaultChild instanceof CfnBucket
    ? `<${Stack.of(bucket).getLogicalId(defaultChild)}.Arn>`
    : `arn:<AWS::Partition>:s3:::${bucket.bucketName}`;
}
