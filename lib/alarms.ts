import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type MetricName, metrics } from '../contract/metrics.ts';
import { AlarmTopic } from './alarm-topic.ts';
import type { AuthApi } from './auth-api.ts';
import type { AuthFunction } from './auth-function.ts';
import type { Firewall } from './firewall/firewall.ts';
import type { Mail } from './mail.ts';

export interface AlarmsProps {
  readonly api: AuthApi;
  readonly authFunction: AuthFunction;
  readonly mail: Mail;
  readonly identityTable: ITable;
  readonly rateLimitTable: ITable;
  /** @default - no alarm on blocked requests */
  readonly firewall?: Firewall;
  /** Gets every alarm; an encrypted one has to let CloudWatch use its key. @default - a new encrypted topic */
  readonly topic?: ITopic;
  /** Encrypts the new topic. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
  /** Subscribed to the new topic. @default - nobody, so subscribe someone */
  readonly email?: string;
  /** Thresholds by alarm, where the defaults do not suit. @default - see `defaultThresholds` */
  readonly thresholds?: Partial<Record<AlarmName, number>>;
}

/**
 * An alarm goes off when its metric exceeds this within five minutes, or an hour for the rates of mail: half of those at which AWS
 * puts an account under review, https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
 */
export const defaultThresholds = {
  FunctionErrors: 0,
  FunctionThrottles: 0,
  ServerErrors: 5,
  SignInFailures: 100,
  SigningFailures: 0,
  RateLimited: 500,
  StoreFailures: 5,
  UnsentMail: 0,
  MailBounces: 0.025,
  MailComplaints: 0.0005,
  IdentityTableThrottles: 0,
  IdentityTableErrors: 0,
  RateLimitTableThrottles: 0,
  RateLimitTableErrors: 0,
  BlockedRequests: 1000,
} as const;

export type AlarmName = keyof typeof defaultThresholds;

const period = Duration.minutes(5);

/** The first alarms, each with an action. */
export class Alarms extends Construct {
  readonly topic: ITopic;
  private readonly action: SnsAction;
  private readonly thresholds: Record<AlarmName, number>;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    if (props.topic && props.email) throw new Error('topic: excludes email; subscribe it to your topic');
    this.thresholds = { ...defaultThresholds, ...props.thresholds };
    this.topic = props.topic ?? new AlarmTopic(this, 'Topic', props).topic;
    this.action = new SnsAction(this.topic);

    const own = (name: MetricName) => props.authFunction.metric(name, { period });
    const { function: fn } = props.authFunction;
    this.add('FunctionErrors', fn.metricErrors({ period }), 'The auth function crashed or timed out.');
    this.add('FunctionThrottles', fn.metricThrottles({ period }), 'Lambda refused to run the auth function.');
    this.add('ServerErrors', props.api.metricServerError({ period, statistic: 'Sum' }), 'The API answers with 5xx.');
    this.add('SignInFailures', own(metrics.signInFailed), 'Many sign-ins fail: someone may be guessing passwords.');
    this.add('SigningFailures', own(metrics.tokenSigningFailed), 'A token could not be signed, or did not verify.');
    this.add('RateLimited', own(metrics.rateLimited), 'Many requests are over their limit.');
    this.add('StoreFailures', own(metrics.storeFailed), 'DynamoDB fails requests of the auth function.');
    this.add('UnsentMail', props.mail.metricUnsent({ period }), 'Mail could not be sent: users wait for links.');
    this.add('MailBounces', props.mail.metricBounceRate(), 'Mail of this account bounces: AWS may pause its mail.');
    this.add('MailComplaints', props.mail.metricComplaintRate(), 'Readers call mail of this account spam.');
    this.watchTable('IdentityTable', props.identityTable);
    this.watchTable('RateLimitTable', props.rateLimitTable);
    if (props.firewall) {
      this.add('BlockedRequests', props.firewall.metricBlocked({ period }), 'The firewall blocks many requests.');
    }
  }

  private watchTable(name: 'IdentityTable' | 'RateLimitTable', table: ITable): void {
    const metric = (metricName: string, operation?: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName: table.tableName, ...(operation && { Operation: operation }) },
        statistic: 'Sum',
        period,
      });
    const sum = (usingMetrics: Record<string, cloudwatch.Metric>) =>
      new cloudwatch.MathExpression({ expression: `SUM(METRICS())`, usingMetrics, period, label: name });
    this.add(
      `${name}Throttles`,
      sum({ reads: metric('ReadThrottleEvents'), writes: metric('WriteThrottleEvents') }),
      'DynamoDB throttles: a hot key, or the ceiling of the table is reached.',
    );
    const operations = name === 'IdentityTable' ? identityOperations : ['UpdateItem'];
    this.add(
      `${name}Errors`,
      sum(
        Object.fromEntries(operations.map((operation) => [operation.toLowerCase(), metric('SystemErrors', operation)])),
      ),
      'DynamoDB has errors of its own.',
    );
  }

  private add(name: AlarmName, metric: cloudwatch.IMetric, alarmDescription: string): void {
    const alarm = new cloudwatch.Alarm(this, name, {
      alarmDescription: `Gatehouse in ${Stack.of(this).stackName}: ${alarmDescription}`,
      metric,
      threshold: this.thresholds[name],
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // All of these metrics exist only while there is something to count, so that silence is health.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(this.action);
    alarm.addOkAction(this.action);
  }
}

const identityOperations = [
  'GetItem',
  'UpdateItem',
  'BatchGetItem',
  'DeleteItem',
  'PutItem',
  'Query',
  'TransactWriteItems',
];
