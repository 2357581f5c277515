import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuditEventId } from '../audit/catalogue.ts';
import type { AppliedLimit } from '../limits/limit-options.ts';
import type { Guess } from '../policy/lockout-guard.ts';
import type { OriginList } from '../policy/origin-list.ts';

export type FailureCode =
  | 'STORE_UNAVAILABLE'
  | 'SIGNING_UNAVAILABLE'
  | 'SIGNATURE_INVALID'
  | 'RATE_LIMIT_UNAVAILABLE'
  | 'MAIL_UNAVAILABLE'
  | 'SECRET_UNAVAILABLE'
  | 'PROVIDER_SECRET_UNAVAILABLE'
  | 'PEPPER_UNAVAILABLE'
  | 'BREACH_CHECK_UNAVAILABLE'
  | 'METRICS_UNAVAILABLE';

export interface Failure {
  readonly code: FailureCode;
  readonly cause: unknown;
  /**
   * The answer goes out as if nothing had failed, because only addresses with an account could have failed here. Otherwise,
   * whatever was going to be answered, the answer is a 503 without cookies.
   */
  readonly concealed: boolean;
}

/** An event beside the one that tells how the request ended. */
export interface Notice {
  readonly event: AuditEventId;
  /** Why, where that is not why the request ended as it did. */
  readonly code?: string;
  /** Whom it is about, where that need not be who sent the request or signed in with it. */
  readonly subject?: NoticeSubject;
}

export interface NoticeSubject {
  /** Undefined where the request names nobody who has an account. */
  readonly userId: string | undefined;
  /** What shows whom it is about, instead of the address in the request. */
  readonly sessionId?: string;
}

export interface LoginChange {
  readonly userId: string;
  /** The address of before; undefined where its owner never confirmed it, so that it may be a stranger's. */
  readonly email: string | undefined;
  readonly fields: readonly string[];
}

/** What is known of the request in hand; modules on its way add to it, the gateway and the audit read it at the end. */
export interface RequestContext {
  readonly requestId: string;
  readonly method: string;
  /** Below the base URL, as routed. */
  path: string;
  /** As API Gateway saw it, or as a trusted front told: see client-address.ts. */
  sourceIp: string;
  readonly userAgent: string | undefined;
  readonly origin: string | undefined;
  /** As sent: API Gateway lets through those of the API only. */
  readonly host: string | undefined;
  /** The origins that are trusted on that host. */
  origins?: OriginList;
  readonly startedAt: Date;
  /** The first dependency that failed. */
  failure?: Failure;
  /** What else is on record, beside how the request ended. */
  notices?: readonly Notice[];
  /** A sign-in that is suspicious enough to ask for the second factor whatever else would spare it. */
  stepUp?: boolean;
  /** All that counted the request. */
  rateLimits?: readonly AppliedLimit[];
  /** Whom the request was about; with `actorId`, not who made it. */
  userId?: string;
  /** An administrator who acted on the user or in the user's name. */
  actorId?: string;
  sessionId?: string;
  /** As given by the client; never logged as it is. */
  email?: string;
  /** Why it was refused, where the answer must not say so. */
  concealedCode?: string;
  /** A lock refused the sign-in; the answer says that the password was wrong. */
  refusedByLock?: boolean;
  /** The session token that came with a valid signature, in a cookie or as a bearer token. */
  sessionToken?: string;
  /** Cookies that a previous secret had signed, by name, and what was signed: the answer should send them anew. */
  renewedCookies?: ReadonlyMap<string, string>;
  /** That its session was used has been written down, or is being. */
  seen?: boolean;
  /** The request came with a valid session. */
  hadSession?: boolean;
  /**
   * A session stands at the end of the request that was created, second factor included, or whose cookie was written anew: with
   * `hadSession` it is no sign-in.
   */
  signedIn?: boolean;
  emailVerified?: boolean;
  userCreated?: boolean;
  userDeleted?: boolean;
  /** The first factor was right; the session that it made was taken back until the second one is shown. */
  challenged?: boolean;
  /** The user of the session that the request came with or made, as known when it began. */
  account?: { readonly id: string; readonly email: string };
  /** What users are known by and sign in with was changed. */
  loginChange?: LoginChange;
  /** An account of a provider was linked to a user who had one already. */
  accountLinked?: boolean;
  /** A password that signs in if it is right. */
  guess?: Guess;
  /** Work that must end before the answer leaves, since Lambda freezes the process afterwards. */
  readonly pending: Promise<unknown>[];
}

const storage = new AsyncLocalStorage<RequestContext | undefined>();

export const runWithRequestContext = storage.run.bind(storage) as <R>(context: RequestContext, run: () => R) => R;

/** Runs work whose failures are not the request's. */
export const outsideRequest = <R>(run: () => R): R => storage.run(undefined, run);

/** Undefined outside a request: at init, or when a caller uses `auth.api` directly. */
export const requestContext = (): RequestContext | undefined => storage.getStore();

export function recordFailure(code: FailureCode, cause: unknown, { concealed = false } = {}): void {
  const context = requestContext();
  if (context && (!context.failure || context.failure.concealed)) context.failure = { code, cause, concealed };
}

/** Puts an event on record beside the one that tells how the request ended. */
export function recordNotice(event: AuditEventId, about: Omit<Notice, 'event'> = {}, context = requestContext()): void {
  if (context) context.notices = [...(context.notices ?? []), { event, ...about }];
}
