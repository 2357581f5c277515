import { Duration } from 'aws-cdk-lib';
import type { IMetric, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { MetricName } from '../../contract/metrics.ts';

/** Of the alarms that do not say otherwise. */
export const alarmPeriod = Duration.minutes(5);

/** A REST API or one stage of it: an `AuthApi`, or a `RestApi` or `Stage` of aws-cdk-lib. */
export interface WatchedApi {
  metricCount(options?: MetricOptions): Metric;
  metricServerError(options?: MetricOptions): Metric;
  metricLatency(options?: MetricOptions): Metric;
}

/** An `AuthFunction`, or `{ function }` of your own; without `metric`, nothing that only Gatehouse's code counts is watched. */
export interface WatchedFunction {
  readonly function: {
    metricErrors(options?: MetricOptions): Metric;
    metricThrottles(options?: MetricOptions): Metric;
    metricDuration(options?: MetricOptions): Metric;
    metricInvocations(options?: MetricOptions): Metric;
  };
  metric?(name: MetricName, options?: MetricOptions): Metric;
}

/** What `Mail` has. */
export interface WatchedMail {
  metricUnsent(options?: MetricOptions): Metric;
  metricBounceRate(options?: MetricOptions): Metric;
  metricComplaintRate(options?: MetricOptions): Metric;
}

/** What `Firewall` has. */
export interface WatchedFirewall {
  metricBlocked(options?: MetricOptions): Metric;
  metricAllowed(options?: MetricOptions): Metric;
}

/** What is watched. What is left out has no alarm, and no graph. */
export interface Watched {
  readonly api?: WatchedApi;
  readonly authFunction?: WatchedFunction;
  readonly mail?: WatchedMail;
  /** A table with the keys of `IdentityTable`. */
  readonly identityTable?: ITable;
  /** A table with the keys of `RateLimitTable`. */
  readonly rateLimitTable?: ITable;
  /** In front of the API. */
  readonly firewall?: WatchedFirewall;
  /** In front of CloudFront. Its metrics are in us-east-1, and an alarm watches those of its own Region only. */
  readonly edgeFirewall?: WatchedFirewall;
  /** Signatures with the signing keys, as CloudTrail counts them. Compared with the tokens that were issued, over an hour. */
  readonly signCalls?: Metric;
  /** Age of the oldest audit event that is not archived yet, in seconds. */
  readonly archiveFreshness?: IMetric;
  /** Audit events or deliveries that could not be archived. */
  readonly archiveFailures?: IMetric;
}
