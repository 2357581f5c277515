import { type MetricName, metrics } from '../../contract/metrics.ts';

/**
 * Every audit event: what it is in OCSF 1.x terms (class 3002 Authentication or 3001 Account Change, its activity, its severity:
 * 1 informational, 2 low, 3 medium, 4 high), when it is sent, and the metric that it counts.
 */
export interface AuditEventType {
  readonly classUid: 3001 | 3002;
  readonly activityId: number;
  readonly severityId: 1 | 2 | 3 | 4;
  readonly success: boolean;
  readonly when: string;
  readonly metric?: MetricName;
  /** Another one, that counts events of several kinds. */
  readonly alsoMetric?: MetricName;
}

const authentication = { classUid: 3002, severityId: 1, success: true } as const;
const account = { classUid: 3001, severityId: 1, success: true } as const;
const logon = { ...authentication, activityId: 1 } as const;
const logoff = { ...authentication, activityId: 2 } as const;
const ticket = { ...authentication, activityId: 3 } as const;
const other = { ...authentication, activityId: 99 } as const;
const refused = { success: false, severityId: 2 } as const;
const broken = { success: false, severityId: 4 } as const;

export const auditEvents = {
  sign_up: {
    ...account,
    activityId: 1,
    when: 'A sign-up was accepted, for a new address or a known one.',
    metric: metrics.signUp,
  },
  sign_up_failed: { ...account, ...refused, activityId: 1, when: 'A sign-up was refused.' },
  sign_in: { ...logon, when: 'A session was created, second factor included.', metric: metrics.signInSucceeded },
  sign_in_challenged: { ...logon, activityId: 99, when: 'The first factor was right; the second one is awaited.' },
  sign_in_failed: { ...logon, ...refused, when: 'A sign-in was refused.', metric: metrics.signInFailed },
  second_factor_failed: {
    ...logon,
    ...refused,
    when: 'A second factor was wrong or late.',
    metric: metrics.signInFailed,
  },
  sign_out: { ...logoff, when: 'A session ended at its user’s wish.' },
  session_binding_broken: {
    ...logoff,
    ...refused,
    severityId: 3,
    when: 'A session was ended because it came from another network or browser than it is bound to.',
  },
  session_revoked: { ...logoff, when: 'One or more sessions were revoked.' },
  email_verified: { ...account, activityId: 99, when: 'An address was verified.' },
  email_verification_failed: { ...account, ...refused, activityId: 99, when: 'A verification link was refused.' },
  email_verification_requested: { ...account, activityId: 99, when: 'A verification mail was asked for.' },
  password_reset_requested: { ...account, activityId: 4, severityId: 2, when: 'A password reset was asked for.' },
  password_reset: { ...account, activityId: 4, severityId: 3, when: 'A password was reset by mail.' },
  password_reset_failed: { ...account, ...refused, activityId: 4, when: 'A password reset was refused.' },
  password_changed: { ...account, activityId: 3, severityId: 2, when: 'A signed-in user changed the password.' },
  password_change_failed: { ...account, ...refused, activityId: 3, when: 'A change of password was refused.' },
  second_factor_started: { ...account, activityId: 99, when: 'A second factor was made, but not confirmed yet.' },
  second_factor_enabled: {
    ...account,
    activityId: 10,
    severityId: 2,
    when: 'A signed-in user confirmed a second factor, which is asked for from now on.',
  },
  second_factor_disabled: { ...account, activityId: 11, severityId: 3, when: 'The second factor was removed.' },
  account_changed: { ...account, activityId: 99, when: 'Another change to a user or account was stored.' },
  account_change_refused: { ...account, ...refused, activityId: 99, when: 'Another change was refused.' },
  impersonation_started: {
    ...logon,
    activityId: 7,
    severityId: 3,
    when: 'An administrator took on a user’s identity.',
  },
  impersonation_ended: { ...logon, activityId: 7, severityId: 2, when: 'An administrator gave it up again.' },
  admin_action: { ...account, activityId: 99, severityId: 2, when: 'An administrator changed a user.' },
  admin_action_refused: { ...account, ...refused, activityId: 99, when: 'An administrative request was refused.' },
  token_issued: { ...ticket, when: 'A token was signed.', metric: metrics.tokenIssued },
  token_refused: {
    ...ticket,
    ...refused,
    when: 'A token was asked for without a valid session, for another audience, or with too much in it.',
  },
  token_signing_failed: {
    ...ticket,
    ...broken,
    when: 'KMS failed, was slow or throttled; the request was answered 503.',
    metric: metrics.tokenSigningFailed,
  },
  token_signature_invalid: {
    ...ticket,
    ...broken,
    when: 'What KMS signed does not verify with the published key; no token left.',
    metric: metrics.tokenSigningFailed,
  },
  request_refused: { ...other, ...refused, when: 'Any other request was refused: malformed, unknown or not allowed.' },
  origin_rejected: {
    ...other,
    ...refused,
    severityId: 3,
    when: 'A state change came from an origin that is not trusted.',
    metric: metrics.originRejected,
  },
  rate_limited: {
    ...other,
    ...refused,
    severityId: 3,
    when: 'A source passed its limit.',
    metric: metrics.rateLimited,
  },
  store_failed: {
    ...other,
    ...broken,
    when: 'A table or the secret could not be reached; the request was answered 503.',
    metric: metrics.storeFailed,
  },
  account_locked: {
    ...account,
    activityId: 9,
    severityId: 3,
    when: 'A wrong password was one too many: sign-in is locked for a source, a device or all unknown devices.',
    metric: metrics.accountLocked,
  },
  account_unlocked: {
    ...account,
    activityId: 99,
    severityId: 2,
    when: 'A mailed link or an administrator lifted a lock.',
  },
  locked_attempt: {
    ...logon,
    ...refused,
    when: 'A sign-in was refused because of a lock; the answer said that the password was wrong.',
    metric: metrics.lockedAttempt,
    alsoMetric: metrics.signInFailed,
  },
  breach_check_unavailable: {
    ...other,
    ...broken,
    severityId: 3,
    when: 'The breach check did not answer: the password was accepted unchecked, or the request answered 503, as set.',
  },
  mail_failed: {
    ...other,
    ...broken,
    when: 'A mail could not be queued; the request was answered 503.',
    metric: metrics.mailFailed,
  },
  unexpected_error: {
    ...other,
    ...broken,
    when: 'An error that nobody foresaw; the request was answered 500.',
    metric: metrics.unexpectedError,
  },
} as const satisfies Record<string, AuditEventType>;

export type AuditEventId = keyof typeof auditEvents;
