import { routes } from '../../contract/routes.ts';
import type { FailureCode, RequestContext } from '../gateway/request-context.ts';
import type { AuditEventId } from './catalogue.ts';

/** How a request ended, as the client saw it. */
export interface Outcome {
  readonly status: number;
  /** The error code in the answer, if it was an error. */
  readonly code: string | undefined;
  /** The target of a redirect, if it was one. */
  readonly location: string | undefined;
}

type Rule = readonly [method: string, path: RegExp, success: AuditEventId | undefined, failure: AuditEventId];

/** Endpoints with an event of their own; the first that matches counts. */
const rules: readonly Rule[] = [
  ['POST', /^\/sign-up\//, 'sign_up', 'sign_up_failed'],
  ['POST', /^\/two-factor\/enable$/, 'second_factor_started', 'account_change_refused'],
  ['POST', /^\/two-factor\/disable$/, 'second_factor_disabled', 'account_change_refused'],
  ['POST', /^\/sign-out$/, 'sign_out', 'request_refused'],
  ['POST', /^\/((admin\/)?revoke-|multi-session\/revoke$)/, 'session_revoked', 'request_refused'],
  // Another of the sessions that the browser has; nobody signs in.
  ['POST', /^\/multi-session\/set-active$/, 'account_changed', 'account_change_refused'],
  ['POST', /^\/admin\/impersonate-user$/, 'impersonation_started', 'admin_action_refused'],
  ['POST', /^\/admin\/stop-impersonating$/, 'impersonation_ended', 'admin_action_refused'],
  ['POST', /^\/admin\/(has-permission|list-user-sessions)$/, undefined, 'admin_action_refused'],
  ['POST', /^\/admin\/unlock-user$/, 'account_unlocked', 'admin_action_refused'],
  ['POST', /^\/unlock-account$/, 'account_unlocked', 'account_change_refused'],
  ['POST', /^\/admin\/send-password-reset$/, 'password_reset_started', 'admin_action_refused'],
  ['POST', /^\/admin\//, 'admin_action', 'admin_action_refused'],
  ['POST', /^\/send-verification-email$/, 'email_verification_requested', 'request_refused'],
  ['POST', /\/(request-password-reset|forget-password\/email-otp)$/, 'password_reset_requested', 'request_refused'],
  ['POST', /^(\/[\w-]+)?\/reset-password/, 'password_reset', 'password_reset_failed'],
  ['GET', /^\/reset-password\//, undefined, 'password_reset_failed'],
  ['POST', /^\/(change-password|set-password)$/, 'password_changed', 'password_change_failed'],
  ['GET', /^\/token$/, 'token_issued', 'token_refused'],
];

/** Ways in of Better Auth's plugins too; what each leads to is seen in the context, not in the path. */
const signIns =
  /^\/(sign-in|callback|oauth2\/callback|magic-link\/verify|passkey\/verify-authentication|one-tap\/callback|siwe\/verify|phone-number\/verify)(\/|$)/;

const failures: Record<FailureCode, AuditEventId> = {
  STORE_UNAVAILABLE: 'store_failed',
  RATE_LIMIT_UNAVAILABLE: 'store_failed',
  SIGNING_UNAVAILABLE: 'token_signing_failed',
  SIGNATURE_INVALID: 'token_signature_invalid',
  MAIL_UNAVAILABLE: 'mail_failed',
  SECRET_UNAVAILABLE: 'store_failed',
  PROVIDER_SECRET_UNAVAILABLE: 'store_failed',
  PEPPER_UNAVAILABLE: 'store_failed',
  BREACH_CHECK_UNAVAILABLE: 'breach_check_unavailable',
  METRICS_UNAVAILABLE: 'admin_action_refused',
};

/** How a request ended. A social sign-in may have made its account. */
export function eventsOf(context: RequestContext, outcome: Outcome): AuditEventId[] {
  const failed = failureOf(context);
  const end = failed && !context.failure?.concealed ? undefined : classify(context, outcome);
  const signedUp = context.userCreated && end?.startsWith('sign_in') ? ('sign_up' as const) : undefined;
  return [failed, signedUp, end].filter((event) => event !== undefined);
}

/** Of a dependency that failed. It is how the request ended, unless the answer conceals it. */
export const failureOf = ({ failure }: RequestContext): AuditEventId | undefined => failure && failures[failure.code];

/** How a request ended; undefined for reads that change nothing and succeed. */
function classify(context: RequestContext, outcome: Outcome): AuditEventId | undefined {
  if (outcome.status >= 500) return 'unexpected_error';
  // A preflight is nobody's doing, whatever it asks about.
  if (context.method === 'OPTIONS') return undefined;
  if (outcome.status === 429) return 'rate_limited';
  if (isOriginRejection(outcome)) return 'origin_rejected';
  if (outcome.code === 'ADMIN_NETWORK_REQUIRED') return 'admin_action_refused';
  const ok = outcome.status < 400;
  if (context.challenged && ok) return 'sign_in_challenged';
  // There is no such endpoint, so nothing was tried at one.
  if (outcome.code === 'NOT_FOUND') return 'request_refused';
  const path = context.path.startsWith(routes.authBase) ? context.path.slice(routes.authBase.length) : '';
  if (/^\/two-factor\/verify-/.test(path)) return secondFactor(context, ok);
  if (path === '/verify-email') return verification(context, outcome);
  if (signIns.test(path)) return signIn(context, outcome);
  if (context.userDeleted && ok) return 'account_deleted';
  const rule = rules.find(([method, pattern]) => method === context.method && pattern.test(path));
  if (rule) return ok && !redirectsToError(outcome) ? rule[2] : rule[3];
  if (context.signedIn && !context.hadSession) return 'sign_in';
  const changes = path !== '' && !['GET', 'HEAD', 'OPTIONS'].includes(context.method);
  if (ok) return changes ? 'account_changed' : undefined;
  return changes ? 'account_change_refused' : 'request_refused';
}

/** A signed-in user who confirms a code turns the factor on; for others it ends a sign-in. A code can be used up without a session. */
function secondFactor({ hadSession, signedIn }: RequestContext, ok: boolean): AuditEventId {
  if (!ok) return 'second_factor_failed';
  if (!signedIn) return 'account_changed';
  return hadSession ? 'second_factor_enabled' : 'sign_in';
}

/** What happened counts, not where the answer redirects to: the client chose that. */
function verification({ emailVerified }: RequestContext, outcome: Outcome): AuditEventId | undefined {
  if (emailVerified) return 'email_verified';
  return outcome.status < 400 && !redirectsToError(outcome) ? undefined : 'email_verification_failed';
}

function signIn(context: RequestContext, outcome: Outcome): AuditEventId | undefined {
  if (context.signedIn) return 'sign_in';
  if (context.refusedByLock) return 'locked_attempt';
  if (outcome.status >= 400) return 'sign_in_failed';
  // Whatever its redirect says: the client chose the address, and may have put an error into it.
  if (context.accountLinked && !context.userCreated) return 'account_changed';
  if (redirectsToError(outcome)) return 'sign_in_failed';
  // A sign-in that only names a provider's address, or sends a link: nothing has been decided yet.
  return isRedirect(outcome) || context.path.includes('/sign-in/') ? undefined : 'account_changed';
}

/** Better Auth sends a Location with some answers of 200 too, for clients that want to follow it. */
const isRedirect = ({ status }: Outcome): boolean => status >= 300 && status < 400;

export const redirectsToError = (outcome: Outcome): boolean =>
  isRedirect(outcome) && /[?&]error=/.test(outcome.location ?? '');

/** The code that a redirect to an error carries. The client may have put one into the address; Better Auth's comes last. */
export const redirectedCode = (location: string | undefined): string | undefined =>
  /.*[?&]error=([\w-]{1,64})(?:[&#]|$)/.exec(location ?? '')?.[1];

function isOriginRejection({ status, code }: Outcome): boolean {
  return status === 403 && code !== undefined && /ORIGIN|CALLBACK_?URL|REDIRECT_?URL|CROSS_SITE|CSRF/i.test(code);
}
