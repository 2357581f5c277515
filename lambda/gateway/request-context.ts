import { AsyncLocalStorage } from 'node:async_hooks';
import type { RateLimitDecision, RateLimitRule } from '../limits/rate-limit.ts';

export type FailureCode =
  | 'STORE_UNAVAILABLE'
  | 'SIGNING_UNAVAILABLE'
  | 'RATE_LIMIT_UNAVAILABLE'
  | 'MAIL_UNAVAILABLE'
  | 'SECRET_UNAVAILABLE';

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
  /** The first dependency that failed. Whatever was going to be answered, the answer is then a 503 without cookies. */
  failure?: { readonly code: FailureCode; readonly cause: unknown };
  rateLimit?: RateLimitRule & RateLimitDecision;
  userId?: string;
  sessionId?: string;
  /** As given by the client; never logged as it is. */
  email?: string;
  /** A session was created and still stands at the end of the request, second factor included. */
  signedIn?: boolean;
  /** Work that must end before the answer leaves, since Lambda freezes the process afterwards. */
  readonly pending: Promise<unknown>[];
}

const storage = new AsyncLocalStorage<RequestContext>();

export const runWithRequestContext = storage.run.bind(storage) as <R>(context: RequestContext, run: () => R) => R;

/** Undefined outside a request: at init, or when a caller uses `auth.api` directly. */
export const requestContext = (): RequestContext | undefined => storage.getStore();

export function recordFailure(code: FailureCode, cause: unknown): void {
  const context = requestContext();
  if (context) context.failure ??= { code, cause };
}
