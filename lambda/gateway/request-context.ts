import { AsyncLocalStorage } from 'node:async_hooks';
import type { RateLimitDecision, RateLimitRule } from '../limits/rate-limit.ts';

export type FailureCode =
  | 'STORE_UNAVAILABLE'
  | 'SIGNING_UNAVAILABLE'
  | 'SIGNATURE_INVALID'
  | 'RATE_LIMIT_UNAVAILABLE'
  | 'MAIL_UNAVAILABLE'
  | 'SECRET_UNAVAILABLE';

export interface Failure {
  readonly code: FailureCode;
  readonly cause: unknown;
  /**
   * The answer goes out as if nothing had failed, because only addresses with an account could have failed here. Otherwise,
   * whatever was going to be answered, the answer is a 503 without cookies.
   */
  readonly concealed: boolean;
}

/** What is known of the request in hand; modules on its way add to it, the gateway and the audit read it at the end. */
export interface RequestContext {
  readonly requestId: string;
  readonly method: string;
  /** Below the base URL, as routed. */
  path: string;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  readonly origin: string | undefined;
  readonly startedAt: Date;
  /** The first dependency that failed. */
  failure?: Failure;
  rateLimit?: RateLimitRule & RateLimitDecision;
  /** Whom the request was about; with `actorId`, not who made it. */
  userId?: string;
  /** An administrator who acted on the user or in the user's name. */
  actorId?: string;
  sessionId?: string;
  /** As given by the client; never logged as it is. */
  email?: string;
  /** Why it was refused, where the answer must not say so. */
  concealedCode?: string;
  /** The request came with a valid session. */
  hadSession?: boolean;
  /**
   * A session stands at the end of the request that was created, second factor included, or whose cookie was written anew: with
   * `hadSession` it is no sign-in.
   */
  signedIn?: boolean;
  emailVerified?: boolean;
  /** Work that must end before the answer leaves, since Lambda freezes the process afterwards. */
  readonly pending: Promise<unknown>[];
}

const storage = new AsyncLocalStorage<RequestContext>();

export const runWithRequestContext = storage.run.bind(storage) as <R>(context: RequestContext, run: () => R) => R;

/** Undefined outside a request: at init, or when a caller uses `auth.api` directly. */
export const requestContext = (): RequestContext | undefined => storage.getStore();

export function recordFailure(code: FailureCode, cause: unknown, { concealed = false } = {}): void {
  const context = requestContext();
  if (context && (!context.failure || context.failure.concealed)) context.failure = { code, cause, concealed };
}
