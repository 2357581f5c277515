import { type MetricName, metrics } from '../../contract/metrics.ts';

/**
 * What an audit event is in terms of OCSF 1.6 (https://schema.ocsf.io/1.6.0): its class (3001 Account Change, 3002 Authentication,
 * 3004 Entity Management), its activity there, its severity (1 informational, 2 low, 3 medium, 4 high), and the metric it counts.
 */
export interface AuditEventType {
  readonly classUid: 3001 | 3002 | 3004;
  /** 99 for what the class has no activity for; its name is the event's then. */
  readonly activityId: number;
  readonly severityId: 1 | 2 | 3 | 4;
  readonly success: boolean;
  readonly metric?: MetricName;
  /** Another one, that counts events of several kinds. */
  readonly alsoMetric?: MetricName;
}

const account = { classUid: 3001, severityId: 1, success: true } as const;
const authentication = { classUid: 3002, severityId: 1, success: true } as const;
const keys = { classUid: 3004, severityId: 3, success: true, activityId: 3 } as const;
const logon = { ...authentication, activityId: 1 } as const;
const logoff = { ...authentication, activityId: 2 } as const;
const ticket = { ...authentication, activityId: 3 } as const;
const accountSwitch = { ...authentication, activityId: 7 } as const;
const otherChange = { ...account, activityId: 99 } as const;
const other = { ...authentication, activityId: 99 } as const;
const refused = { success: false, severityId: 2 } as const;
const broken = { success: false, severityId: 4 } as const;

/** Every event, by its id. docs/events.md says when each is sent. */
export const auditEvents = {
  // Accounts
  sign_up: { ...account, activityId: 1, metric: metrics.signUp },
  sign_up_failed: { ...account, ...refused, activityId: 1 },
  account_deleted: { ...account, activityId: 6, severityId: 3 },
  account_changed: otherChange,
  account_change_refused: { ...otherChange, ...refused },
  email_verification_requested: otherChange,
  email_verified: otherChange,
  email_verification_failed: { ...otherChange, ...refused },
  password_changed: { ...account, activityId: 3, severityId: 2 },
  password_change_failed: { ...account, ...refused, activityId: 3 },
  password_reset_requested: { ...account, activityId: 4, severityId: 2 },
  password_reset_started: { ...account, activityId: 4, severityId: 2 },
  password_reset: { ...account, activityId: 4, severityId: 3 },
  password_reset_failed: { ...account, ...refused, activityId: 4 },
  second_factor_started: otherChange,
  second_factor_enabled: { ...account, activityId: 10, severityId: 2 },
  second_factor_disabled: { ...account, activityId: 11, severityId: 3 },
  account_locked: { ...account, activityId: 9, severityId: 3, metric: metrics.accountLocked },
  account_unlocked: { ...account, activityId: 12, severityId: 2 },
  admin_action: { ...otherChange, severityId: 2 },
  admin_action_refused: { ...otherChange, ...refused },
  operator_action_started: { ...otherChange, severityId: 2 },
  operator_action: { ...otherChange, severityId: 2 },
  operator_action_failed: { ...otherChange, ...refused },

  // Sessions
  sign_in: { ...logon, metric: metrics.signInSucceeded },
  sign_in_challenged: { ...authentication, activityId: 6 },
  sign_in_failed: { ...logon, ...refused, metric: metrics.signInFailed },
  second_factor_failed: { ...logon, ...refused, metric: metrics.signInFailed },
  locked_attempt: { ...logon, ...refused, metric: metrics.lockedAttempt, alsoMetric: metrics.signInFailed },
  sign_out: logoff,
  session_revoked: logoff,
  session_binding_broken: { ...logoff, ...refused, severityId: 3 },
  impersonation_started: { ...accountSwitch, severityId: 3 },
  impersonation_ended: { ...accountSwitch, severityId: 2 },

  // Tokens
  token_issued: { ...ticket, metric: metrics.tokenIssued },
  token_refused: { ...ticket, ...refused },
  token_signing_failed: { ...ticket, ...broken, metric: metrics.tokenSigningFailed, alsoMetric: metrics.kmsFailed },
  token_signature_invalid: { ...ticket, ...broken, metric: metrics.tokenSigningFailed },
  token_expired: { ...other, ...refused },
  token_invalid: { ...other, ...refused, severityId: 3 },
  token_not_entitled: { ...other, ...refused },
  token_unverifiable: { ...other, ...broken },
  signing_keys_published: keys,
  signing_keys_refused: { ...keys, ...broken },

  // Attack and failure
  request_refused: { ...other, ...refused },
  origin_rejected: { ...other, ...refused, severityId: 3, metric: metrics.originRejected },
  rate_limited: { ...other, ...refused, severityId: 3, metric: metrics.rateLimited },
  suspicious_activity: { ...other, ...refused, severityId: 3, metric: metrics.suspiciousActivity },
  detection_unavailable: { ...other, ...broken, severityId: 3 },
  breach_check_unavailable: { ...other, ...broken, severityId: 3, metric: metrics.breachCheckUnavailable },
  store_failed: { ...other, ...broken, metric: metrics.storeFailed },
  mail_failed: { ...other, ...broken, metric: metrics.mailFailed },
  unexpected_error: { ...other, ...broken, metric: metrics.unexpectedError },
} as const satisfies Record<string, AuditEventType>;

export type AuditEventId = keyof typeof auditEvents;
