import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmName } from '../../contract/alarm-defaults.ts';
import { type MetricName, metrics } from '../../contract/metrics.ts';
import { definitionOf } from './definitions.ts';
import { tableErrors, tableOperations, tableThrottles } from './table-metrics.ts';
import type { Watched } from './watched.ts';

/** The metric of each alarm that counts events of Gatehouse's own. */
export const eventMetrics = {
  SignInFailures: metrics.signInFailed,
  SignInFailureAnomaly: metrics.signInFailed,
  AccountLocks: metrics.accountLocked,
  LockedAttempts: metrics.lockedAttempt,
  SuspiciousActivity: metrics.suspiciousActivity,
  RateLimited: metrics.rateLimited,
  OriginRejections: metrics.originRejected,
  SigningFailures: metrics.tokenSigningFailed,
  KmsErrors: metrics.kmsFailed,
  StoreFailures: metrics.storeFailed,
  UnexpectedErrors: metrics.unexpectedError,
  BreachCheckOutages: metrics.breachCheckUnavailable,
  MailFailures: metrics.mailFailed,
} as const satisfies Partial<Record<AlarmName, MetricName>>;

type WatchedMetrics = Partial<Record<AlarmName, IMetric>>;

const period = (name: AlarmName): Duration => Duration.minutes(definitionOf(name).minutes ?? 5);

/** What each alarm watches, as far as it was given. `NoRequests` watches what `api` has. */
export function watchedMetrics(watched: Watched): WatchedMetrics {
  const { api, mail, authFunction, firewall, edgeFirewall } = watched;
  return {
    FunctionErrors: authFunction?.function.metricErrors({ period: period('FunctionErrors') }),
    FunctionThrottles: authFunction?.function.metricThrottles({ period: period('FunctionThrottles') }),
    ServerErrors: api?.metricServerError({ period: period('ServerErrors'), statistic: 'Sum' }),
    SlowAnswers: api?.metricLatency({ period: period('SlowAnswers'), statistic: 'p99' }),
    NoRequests: api?.metricCount({ period: period('NoRequests'), statistic: 'Sum' }),
    ...ownEvents(watched),
    UnmatchedSignatures: unmatchedSignatures(watched),
    BlockedRequests: firewall?.metricBlocked({ period: period('BlockedRequests') }),
    EdgeBlockedRequests: edgeFirewall?.metricBlocked({ period: period('EdgeBlockedRequests') }),
    UnsentMail: mail?.metricUnsent({ period: period('UnsentMail') }),
    MailBounces: mail?.metricBounceRate({ period: period('MailBounces') }),
    MailComplaints: mail?.metricComplaintRate({ period: period('MailComplaints') }),
    ...tables(watched),
    ArchiveDelay: watched.archiveFreshness,
    ArchiveFailures: watched.archiveFailures,
  };
}

function ownEvents({ authFunction }: Watched): WatchedMetrics {
  if (!authFunction?.metric) return {};
  return Object.fromEntries(
    Object.entries(eventMetrics).map(([name, metric]) => [
      name,
      authFunction.metric!(metric, { period: period(name as AlarmName) }),
    ]),
  );
}

/**
 * CloudTrail is minutes late, so that signatures of one hour are counted in the next: a share of the tokens is let pass. A token that
 * could not be issued may have been signed all the same.
 */
function unmatchedSignatures({ signCalls, authFunction }: Watched): IMetric | undefined {
  if (!signCalls || !authFunction?.metric) return undefined;
  return new MathExpression({
    expression: 'signed - 1.05 * (FILL(issued, 0) + FILL(failed, 0))',
    usingMetrics: {
      signed: signCalls,
      issued: authFunction.metric(metrics.tokenIssued),
      failed: authFunction.metric(metrics.tokenSigningFailed),
    },
    period: period('UnmatchedSignatures'),
    label: 'UnmatchedSignatures',
  });
}

function tables({ identityTable, rateLimitTable }: Watched): WatchedMetrics {
  const options = (label: string, name: AlarmName) => ({ label, period: period(name) });
  return {
    ...(identityTable && {
      IdentityTableThrottles: tableThrottles(identityTable, options('IdentityTable', 'IdentityTableThrottles')),
      IdentityTableErrors: tableErrors(
        identityTable,
        tableOperations.identity,
        options('IdentityTable', 'IdentityTableErrors'),
      ),
    }),
    ...(rateLimitTable && {
      RateLimitTableThrottles: tableThrottles(rateLimitTable, options('RateLimitTable', 'RateLimitTableThrottles')),
      RateLimitTableErrors: tableErrors(
        rateLimitTable,
        tableOperations.rateLimit,
        options('RateLimitTable', 'RateLimitTableErrors'),
      ),
    }),
  };
}
