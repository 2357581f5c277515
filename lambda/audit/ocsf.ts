import { type AuditEventId, type AuditEventType, auditEvents } from './catalogue.ts';
import type { LoggedEmail } from './logged-email.ts';
import { loggedPath } from './logged-path.ts';

/** What is known of an event; whatever is not stays out. */
export interface AuditFacts {
  /** Of API Gateway, the same as in its access log. */
  readonly requestId: string;
  readonly time: Date;
  /** Why: a stable error code. */
  readonly code?: string | undefined;
  /** Why, of a failed dependency: names of errors. */
  readonly detail?: string | undefined;
  readonly userId?: string | undefined;
  readonly email?: LoggedEmail | undefined;
  /** Who acted, if it was not the user. */
  readonly actorId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** A second factor was asked for. */
  readonly isMfa?: boolean | undefined;
  readonly ip?: string | undefined;
  readonly http?: {
    readonly method: string;
    readonly path: string;
    readonly userAgent?: string | undefined;
    readonly status: number;
  };
  /** What was managed, in events of class 3004. */
  readonly entity?: { readonly name: string; readonly data: object };
  /** What OCSF has no name for. */
  readonly unmapped?: object;
}

/** The event in the shape of OCSF 1.6: what its class requires, and what an investigation asks for first. `event` is its id. */
export function toOcsf(id: AuditEventId, facts: AuditFacts): object {
  const { classUid, activityId, severityId, success }: AuditEventType = auditEvents[id];
  const { code, detail, actorId, sessionId, ip, http, entity, unmapped } = facts;
  return {
    event: id,
    class_uid: classUid,
    category_uid: 3,
    activity_id: activityId,
    ...(activityId === 99 && { activity_name: id }),
    type_uid: classUid * 100 + activityId,
    severity_id: severityId,
    status_id: success ? 1 : 2,
    ...(code && { status_code: code }),
    ...(detail && { status_detail: detail }),
    time: facts.time.getTime(),
    metadata: {
      version: '1.6.0',
      uid: facts.requestId,
      product: { name: 'Gatehouse', vendor_name: 'Gatehouse' },
    },
    ...(classUid === 3002 && authentication(activityId, facts)),
    ...(entity ? { entity } : { user: userOf(facts) }),
    ...(actorId && { actor: { user: { uid: actorId } } }),
    ...(sessionId && { session: { uid: sessionId } }),
    ...(ip && { src_endpoint: { ip } }),
    ...(http && request(http)),
    ...(unmapped && { unmapped }),
  };
}

function authentication(activityId: number, { isMfa }: AuditFacts): object {
  return {
    service: { name: 'Gatehouse' },
    ...(isMfa && { is_mfa: true }),
    // Impersonate
    ...(activityId === 7 && { account_switch_type_id: 2 }),
  };
}

/** OCSF wants an id or a name of every user. */
const userOf = ({ userId, email }: AuditFacts): object => ({ ...(userId ? { uid: userId } : nobody), ...email });

const nobody = { name: 'unknown', type_id: 0 };

function request({ method, path, userAgent, status }: NonNullable<AuditFacts['http']>): object {
  return {
    http_request: {
      http_method: method,
      url: { path: loggedPath(path) },
      ...(userAgent && { user_agent: userAgent.slice(0, 256) }),
    },
    http_response: { code: status },
  };
}
