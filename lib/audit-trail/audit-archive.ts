import { Duration, Stack } from 'aws-cdk-lib';
import {
  type IMetric,
  MathExpression,
  type MathExpressionOptions,
  Metric,
  type MetricOptions,
} from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSubscriptionFilter, type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeOwnPolicy } from '../acknowledge.ts';
import { encryptionKey } from '../encryption-key.ts';
import { encryptedLogGroup } from '../log-group.ts';
import { requireNoProblems } from '../settings.ts';
import { archiveBucket } from './archive-bucket.ts';
import { type ArchiveSettings, archiveProblems } from './archive-settings.ts';
import { deliveryStream } from './delivery-stream.ts';

export interface AuditArchiveProps extends ArchiveSettings {
  /** The log group of the auth function. */
  readonly logGroup: ILogGroup;
  /** Encrypts bucket, stream and log group. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
  /** How long errors of delivery are kept. @default - 1 year */
  readonly logRetention?: RetentionDays;
}

/** The lines with an audit event; others of the function, such as reports of Lambda, stay where they are. */
const auditLines = '{ $.audit.class_uid = * }';

/** Copies audit events into a bucket in which nobody can change or delete them, one JSON object a line. */
export class AuditArchive extends Construct {
  readonly bucket: IBucket;
  readonly stream: CfnDeliveryStream;
  private readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: AuditArchiveProps) {
    super(scope, id);
    requireNoProblems(archiveProblems(props));
    const key = props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: archived audit events');
    this.logGroup = props.logGroup;
    this.bucket = props.bucket ?? archiveBucket(this, 'Bucket', key, props);
    this.stream = deliveryStream(this, 'Stream', {
      bucket: this.bucket,
      encryptionKey: key,
      errorLogGroup: encryptedLogGroup(this, 'Logs', {
        encryptionKey: key,
        retention: props.logRetention ?? RetentionDays.ONE_YEAR,
      }),
    });
    this.subscribe();
  }

  /** Age of the oldest event that is not in the bucket yet, in seconds; 300 are usual. No data while nothing is under way. */
  metricDeliveryFreshness(options?: MetricOptions): Metric {
    return this.metric('DeliveryToS3.DataFreshness', { statistic: 'Maximum', ...options });
  }

  /** Events that were refused on their way, by the stream or because they could not be unpacked: they may be missing. */
  metricArchiveFailures(options?: MathExpressionOptions): IMetric {
    const period = options?.period ?? Duration.minutes(5);
    const ofLogs = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Logs',
        metricName,
        dimensionsMap: { LogGroupName: this.logGroup.logGroupName },
        statistic: 'Sum',
        period,
      });
    return new MathExpression({
      expression: 'SUM(METRICS())',
      label: 'Archive failures',
      ...options,
      period,
      usingMetrics: {
        errors: ofLogs('DeliveryErrors'),
        throttles: ofLogs('DeliveryThrottling'),
        refused: this.metric('ThrottledRecords', { period }),
        unreadable: this.metric('OutputDecompressedRecords.Failed', { period }),
      },
    });
  }

  private metric(metricName: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/Firehose',
      metricName,
      dimensionsMap: { DeliveryStreamName: this.stream.ref },
      statistic: 'Sum',
      ...options,
    });
  }

  private subscribe(): void {
    const { account, region, partition } = Stack.of(this);
    const role = new Role(this, 'SubscriptionRole', {
      assumedBy: new ServicePrincipal('logs.amazonaws.com', {
        conditions: { StringLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        resources: [this.stream.attrArn],
      }),
    );
    acknowledgeOwnPolicy(role, 'one stream');
    const filter = new CfnSubscriptionFilter(this, 'Subscription', {
      logGroupName: this.logGroup.logGroupName,
      filterPattern: auditLines,
      destinationArn: this.stream.attrArn,
      roleArn: role.roleArn,
    });
    // CloudWatch Logs sends a test message at once, which the policy has to allow.
    filter.node.addDependency(role);
  }
}
