import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { metricNamespace } from '../../contract/metrics.ts';
import type { NoticeSubject, RequestContext } from '../gateway/request-context.ts';
import type { AuditOptions } from './audit-options.ts';
import { type AuditEventId, type AuditEventType, auditEvents } from './catalogue.ts';
import { eventsOf, failureOf, type Outcome, redirectedCode } from './classify.ts';
import { loggedAddress } from './logged-address.ts';
import { loggedEmail } from './logged-email.ts';
import { type AuditFacts, toOcsf } from './ocsf.ts';
import { safeText } from './safe-text.ts';

export const logger = new Logger({ jsonReplacerFn: safeText });

/** Has a level of its own: POWERTOOLS_LOG_LEVEL is about what the code says of itself, and must not silence the record. */
const auditLogger = new Logger({ jsonReplacerFn: safeText, logLevel: 'INFO' });
const metricsClient = new Metrics({ namespace: metricNamespace });

export interface AuditLog {
  /** Writes the events of a finished request, and counts their metrics. */
  record(context: RequestContext, outcome: Outcome): void;
}

export interface AuditLogInput {
  /** Keys the hash that stands for an e-mail address; undefined as long as it cannot be known. */
  readonly pseudonymKey: () => string | undefined;
  readonly options: AuditOptions | undefined;
}

export function createAuditLog({ pseudonymKey, options = {} }: AuditLogInput): AuditLog {
  return {
    record(context, outcome) {
      const key = pseudonymKey();
      const facts = {
        requestId: context.requestId,
        time: context.startedAt,
        code: context.concealedCode ?? outcome.code,
        userId: context.userId,
        email: context.email && key ? loggedEmail(context.email, key, options.email) : undefined,
        actorId: context.actorId,
        sessionId: context.sessionId,
        isMfa: context.path.includes('/two-factor/verify-'),
        ip: loggedAddress(context.sourceIp, options.ip),
        http: { ...context, status: outcome.status },
      };
      for (const { event, code = facts.code ?? reasonOf(event, outcome), subject } of context.notices ?? []) {
        write(event, toOcsf(event, { ...facts, ...(subject && aboutAnother(subject, facts)), code }));
      }
      for (const id of eventsOf(context, outcome)) {
        const { code, cause } = (id === failureOf(context) && context.failure) || {};
        const detail = code && errorNames(cause);
        write(id, toOcsf(id, { ...facts, code: code ?? facts.code ?? reasonOf(id, outcome), detail }));
      }
    },
  };
}

/** Whatever else is known of the request is not known of another user. */
function aboutAnother({ userId, sessionId }: NoticeSubject, facts: Facts): Facts {
  return {
    userId,
    sessionId: sessionId ?? (userId === facts.userId ? facts.sessionId : undefined),
    email: sessionId ? undefined : facts.email,
    actorId: undefined,
  };
}

type Facts = Pick<AuditFacts, 'userId' | 'sessionId' | 'email' | 'actorId'>;

function write(id: AuditEventId, audit: object): void {
  const { metric, alsoMetric, severityId }: AuditEventType = auditEvents[id];
  if (severityId >= 4) auditLogger.error(id, { audit });
  else auditLogger.info(id, { audit });
  const counted = [metric, alsoMetric].filter((name) => name !== undefined);
  if (counted.length === 0) return;
  for (const name of counted) metricsClient.addMetric(name, MetricUnit.Count, 1);
  metricsClient.publishStoredMetrics();
}

/** Of a failure that no answer of an error tells. */
function reasonOf(id: AuditEventId, { location }: Outcome): string | undefined {
  return auditEvents[id].success ? undefined : (redirectedCode(location) ?? id.toUpperCase());
}

/** Names only, down the chain of causes: messages quote endpoints and input. */
function errorNames(error: unknown): string {
  return error instanceof Error
    ? [error.name, error.cause ? errorNames(error.cause) : ''].filter(Boolean).join(' < ')
    : '';
}
