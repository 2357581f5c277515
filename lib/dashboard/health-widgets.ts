import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type MetricName, metrics } from '../../contract/metrics.ts';
import { tableErrors, tableOperations, tableThrottles } from '../alarms/table-metrics.ts';
import { alarmPeriod as period, type Watched } from '../alarms/watched.ts';
import { graph } from './graph.ts';

/** What users feel first, then what it depends on. */
export function healthWidgets(watched: Watched): IWidget[] {
  const { api, authFunction, mail, identityTable, rateLimitTable } = watched;
  const own = (name: MetricName) => authFunction?.metric?.(name, { period });
  return [
    ...graph('Requests, and answers of 5xx', {
      left: [api?.metricCount({ period, statistic: 'Sum' })],
      right: [api?.metricServerError({ period, statistic: 'Sum' })],
    }),
    ...graph('Latency', {
      left: ['p50', 'p99'].map((statistic) => api?.metricLatency({ period, statistic })),
      unit: 'ms',
    }),
    ...graph('Function', {
      left: [authFunction?.function.metricErrors({ period }), authFunction?.function.metricThrottles({ period })],
    }),
    ...graph('Failures', {
      left: [
        own(metrics.storeFailed),
        own(metrics.kmsFailed),
        own(metrics.tokenSigningFailed),
        own(metrics.mailFailed),
        own(metrics.breachCheckUnavailable),
        own(metrics.unexpectedError),
      ],
    }),
    ...graph('Sign-ups and tokens', {
      left: [own(metrics.signUp)],
      right: [own(metrics.tokenIssued), watched.signCalls],
    }),
    ...graph('Tables', {
      left: [
        ...tableMetrics(identityTable, 'IdentityTable', tableOperations.identity),
        ...tableMetrics(rateLimitTable, 'RateLimitTable', tableOperations.rateLimit),
      ],
    }),
    ...graph('Mail', {
      left: [mail?.metricUnsent({ period })],
      right: [mail?.metricBounceRate(), mail?.metricComplaintRate()],
    }),
    ...graph('Archive', { left: [watched.archiveFreshness], right: [watched.archiveFailures] }),
  ];
}

function tableMetrics(table: ITable | undefined, name: string, operations: readonly string[]): IMetric[] {
  if (!table) return [];
  const id = name.charAt(0).toLowerCase() + name.slice(1);
  return [
    tableThrottles(table, { label: `${name} throttles`, period, prefix: `${id}Throttled` }),
    tableErrors(table, operations, { label: `${name} errors`, period, prefix: `${id}Failed` }),
  ];
}
