import type { CloudWatchClient, GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import { type MetricName, metricDimension, metricNamespace, metrics } from '../../../contract/metrics.ts';
import { type MetricPeriod, metricPeriods } from '../../../contract/security-metrics.ts';

export interface SecurityMetrics {
  readonly period: MetricPeriod;
  /** ISO 8601. The first moment that is counted: periods are whole ones of five minutes (24h) or an hour (7d). */
  readonly from: string;
  /** ISO 8601. */
  readonly to: string;
  readonly totals: { readonly signIns: number; readonly signUps: number; readonly tokensIssued: number };
  /** What went wrong, by kind; `signIns` counts locked attempts too. */
  readonly failures: {
    readonly signIns: number;
    readonly tokenSigning: number;
    readonly rateLimited: number;
    readonly originRejected: number;
    readonly store: number;
    readonly mail: number;
    readonly unexpected: number;
  };
  /** Occurrences of `suspicious_activity`. */
  readonly suspicious: number;
  readonly locks: { readonly accountsLocked: number; readonly lockedAttempts: number };
}

export interface SecurityMetricsInput {
  /** @default - a client as the SDK configures it */
  readonly client?: Pick<CloudWatchClient, 'send'>;
  /** Whose metrics. @default - the function's own: POWERTOOLS_SERVICE_NAME */
  readonly service?: string;
  /** @default the system clock */
  readonly now?: () => Date;
}

/**
 * What happened lately, as CloudWatch counted it. Metrics arrive within a minute or two. Needs cloudwatch:GetMetricData. Rejects with what
 * CloudWatch answers, and with `SecurityMetricsError` when it answers in part.
 */
export async function getSecurityMetrics(
  period: MetricPeriod,
  input: SecurityMetricsInput = {},
): Promise<SecurityMetrics> {
  const { now = () => new Date(), service = process.env.POWERTOOLS_SERVICE_NAME ?? 'service_undefined' } = input;
  const { seconds, granularity } = metricPeriods[period];
  const to = now();
  const from = new Date(Math.floor((to.getTime() / 1000 - seconds) / granularity) * granularity * 1000);
  const sums = await sumsOf({ ...input, service, from, to, granularity });
  const of = (name: MetricName) => sums.get(name) ?? 0;
  return {
    period,
    from: from.toISOString(),
    to: to.toISOString(),
    totals: {
      signIns: of(metrics.signInSucceeded),
      signUps: of(metrics.signUp),
      tokensIssued: of(metrics.tokenIssued),
    },
    failures: {
      signIns: of(metrics.signInFailed),
      tokenSigning: of(metrics.tokenSigningFailed),
      rateLimited: of(metrics.rateLimited),
      originRejected: of(metrics.originRejected),
      store: of(metrics.storeFailed),
      mail: of(metrics.mailFailed),
      unexpected: of(metrics.unexpectedError),
    },
    suspicious: of(metrics.suspiciousActivity),
    locks: { accountsLocked: of(metrics.accountLocked), lockedAttempts: of(metrics.lockedAttempt) },
  };
}

/** CloudWatch answered, but not completely: a number that is too small would look like peace. */
export class SecurityMetricsError extends Error {
  override readonly name = 'SecurityMetricsError';
  readonly code = 'METRICS_INCOMPLETE';
}

interface Query extends SecurityMetricsInput {
  readonly service: string;
  readonly from: Date;
  readonly to: Date;
  readonly granularity: number;
}

const names = Object.values(metrics);

async function sumsOf({ client, service, from, to, granularity }: Query): Promise<Map<MetricName, number>> {
  const { CloudWatchClient, GetMetricDataCommand } = await import('./cloudwatch-client.ts');
  const cloudwatch = client ?? new CloudWatchClient({});
  const queries = names.map((MetricName, index) => ({
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: metricNamespace,
        MetricName,
        Dimensions: [{ Name: metricDimension, Value: service }],
      },
      Period: granularity,
      Stat: 'Sum',
    },
  }));
  const sums = new Map<MetricName, number>();
  let NextToken: string | undefined;
  do {
    const page: GetMetricDataCommandOutput = await cloudwatch.send(
      new GetMetricDataCommand({ MetricDataQueries: queries, StartTime: from, EndTime: to, NextToken }),
    );
    for (const { Id = '', Values = [], StatusCode } of page.MetricDataResults ?? []) {
      if (StatusCode !== 'Complete' && !page.NextToken) {
        throw new SecurityMetricsError(`CloudWatch answered '${StatusCode}' for a metric; nothing is known of it`);
      }
      const name = names[Number(Id.slice(1))]!;
      sums.set(
        name,
        Values.reduce((sum, value) => sum + value, sums.get(name) ?? 0),
      );
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return sums;
}
