import type { RequestContext } from './request-context.ts';

/**
 * `RateLimit` and `RateLimit-Policy` as structured fields (IETF draft-ietf-httpapi-ratelimit-headers-08), and `Retry-After` in
 * seconds (RFC 9110 section 10.2.3), on every answer of a limited path.
 */
export function setRateLimitHeaders(headers: Headers, { rateLimit }: RequestContext): void {
  if (!rateLimit) return;
  headers.set('RateLimit-Policy', `"source";q=${rateLimit.max};w=${rateLimit.window}`);
  headers.set('RateLimit', `"source";r=${rateLimit.remaining};t=${rateLimit.reset}`);
  if (rateLimit.allowed) return;
  headers.set('Retry-After', String(rateLimit.retryAfter));
  headers.set('X-Retry-After', String(rateLimit.retryAfter));
}
