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

type Rule = readonly [method: string, path: RegExp, success: AuditEventId, failure: AuditEventId];

/** Endpoints with an event of their own; the first that matches counts. */
const rules: readonly Rule[] = [
  ['POST', /^\/sign-up\//, 'sign_up', 'sign_up_failed'],
  ['POST', /^\/two-factor\/verify-/, 'sign_in', 'second_factor_failed'],
  ['POST', /^\/two-factor\/enable$/, 'second_factor_enabled', 'account_change_refused'],
  ['POST', /^\/two-factor\/disable$/, 'second_factor_disabled', 'account_change_refused'],
  ['POST', /^\/sign-out$/, 'sign_out', 'request_refused'],
  ['POST', /^\/(revoke-|admin\/revoke-)/, 'session_revoked', 'request_refused'],
  ['GET', /^\/verify-email$/, 'email_verified', 'email_verification_failed'],
  ['POST', /^\/send-verification-email$/, 'email_verification_requested', 'request_refused'],
  ['POST', /^\/request-password-reset$/, 'password_reset_requested', 'request_refused'],
  ['POST', /^\/reset-password/, 'password_reset', 'password_reset_failed'],
  ['POST', /^\/(change-password|set-password)$/, 'password_changed', 'password_change_failed'],
  ['GET', /^\/token$/, 'token_issued', 'token_refused'],
];

const failures: Record<FailureCode, AuditEventId> = {
  STORE_UNAVAILABLE: 'store_failed',
  RATE_LIMIT_UNAVAILABLE: 'store_failed',
  SIGNING_UNAVAILABLE: 'token_signing_failed',
  MAIL_UNAVAILABLE: 'mail_failed',
  SECRET_UNAVAILABLE: 'store_failed',
};

/** The one event of a request; none for reads that change nothing and succeed. */
export function classify(context: RequestContext, outcome: Outcome): AuditEventId | undefined {
  if (context.failure) return failures[context.failure.code];
  if (outcome.status >= 500) return 'unexpected_error';
  if (outcome.status === 429) return 'rate_limited';
  if (isOriginRejection(outcome)) return 'origin_rejected';
  const ok = outcome.status < 400 && !(outcome.location && /[?&]error=/.test(outcome.location));
  const path = context.path.startsWith(routes.authBase) ? context.path.slice(routes.authBase.length) : '';
  const rule = rules.find(([method, pattern]) => method === context.method && pattern.test(path));
  if (rule) return ok ? rule[2] : rule[3];
  if (/^\/(sign-in|callback|oauth2\/callback|magic-link\/verify)(\/|$)/.test(path)) return signIn(context, outcome, ok);
  if (context.signedIn) return 'sign_in';
  if (!path) return ok ? undefined : 'request_refused';
  if (context.method === 'GET' || context.method === 'HEAD' || context.method === 'OPTIONS') {
    return ok ? undefined : 'request_refused';
  }
  return ok ? 'account_changed' : 'account_change_refused';
}

function signIn(context: RequestContext, outcome: Outcome, ok: boolean): AuditEventId | undefined {
  if (!ok) return 'sign_in_failed';
  if (context.signedIn) return 'sign_in';
  // POST /sign-in/social only names the provider's address; nothing has been decided yet.
  const started = context.path.endsWith('/social') || context.path.endsWith('/magic-link') || outcome.location;
  return started ? undefined : 'sign_in_challenged';
}

function isOriginRejection({ status, code }: Outcome): boolean {
  return status === 403 && code !== undefined && /ORIGIN|CALLBACK_?URL|REDIRECT_?URL|CROSS_SITE/i.test(code);
}
