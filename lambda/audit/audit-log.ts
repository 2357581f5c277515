import { createHmac } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { metricNamespace } from '../../contract/metrics.ts';
import type { RequestContext } from '../gateway/request-context.ts';
import { type AuditEventId, type AuditEventType, auditEvents } from './catalogue.ts';
import { classify, type Outcome } from './classify.ts';

export const logger = new Logger();
const metricsClient = new Metrics({ namespace: metricNamespace });

export interface AuditLog {
  /** Writes the one event of a finished request and any notices, and counts their metrics. */
  record(context: RequestContext, outcome: Outcome): void;
}

/** @param pseudonymKey keys the hash that stands for an e-mail address, so that logs can be searched but not read back. */
export function createAuditLog(pseudonymKey: () => string | undefined): AuditLog {
  return {
    record(context, outcome) {
      const ids = [...(context.notices ?? []), classify(context, outcome)].filter((id) => id !== undefined);
      for (const id of ids) write(id, toOcsf(id, context, outcome, pseudonymKey()));
    },
  };
}

function write(id: AuditEventId, audit: object): void {
  const { metric, alsoMetric, severityId }: AuditEventType = auditEvents[id];
  if (severityId >= 4) logger.error(id, { audit });
  else logger.info(id, { audit });
  const counted = [metric, alsoMetric].filter((name) => name !== undefined);
  if (counted.length === 0) return;
  for (const name of counted) metricsClient.addMetric(name, MetricUnit.Count, 1);
  metricsClient.publishStoredMetrics();
}

/** OCSF 1.x, https://schema.ocsf.io: attributes required by the classes, and what an investigation asks for first. */
function toOcsf(id: AuditEventId, context: RequestContext, outcome: Outcome, pseudonymKey: string | undefined): object {
  const { classUid, activityId, severityId, success } = auditEvents[id];
  const code = context.concealedCode ?? (context.failure?.concealed ? context.failure.code : outcome.code);
  return {
    event: id,
    class_uid: classUid,
    category_uid: 3,
    activity_id: activityId,
    type_uid: classUid * 100 + activityId,
    severity_id: severityId,
    status_id: success ? 1 : 2,
    ...(code && { status_code: code }),
    ...(context.failure && { status_detail: errorNames(context.failure.cause) }),
    time: context.startedAt.getTime(),
    metadata: {
      version: '1.6.0',
      uid: context.requestId,
      product: { name: 'Gatehouse', vendor_name: 'Gatehouse' },
    },
    user: {
      ...(context.userId && { uid: context.userId }),
      ...(context.email && pseudonymKey && { email_hash: pseudonym(context.email, pseudonymKey) }),
    },
    ...(context.actorId && { actor: { user: { uid: context.actorId } } }),
    ...(context.sessionId && { session: { uid: context.sessionId } }),
    src_endpoint: { ip: context.sourceIp },
    http_request: {
      http_method: context.method,
      url: { path: redactPath(context.path) },
      ...(context.userAgent && { user_agent: context.userAgent.slice(0, 256) }),
    },
    http_response: { code: outcome.status },
  };
}

function pseudonym(email: string, key: string): string {
  return createHmac('sha256', key).update(email.trim().toLowerCase()).digest('base64url');
}

/** Names only, down the chain of causes: messages quote endpoints and input. */
function errorNames(error: unknown): string {
  return error instanceof Error
    ? [error.name, error.cause ? errorNames(error.cause) : ''].filter(Boolean).join(' < ')
    : '';
}

/** A reset link carries its token in the path. */
function redactPath(path: string): string {
  return path.replace(/(\/reset-password\/).+/, '$1***').slice(0, 256);
}
