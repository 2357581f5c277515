import type { RequestContext } from './request-context.ts';

/**
 * `RateLimit` and `RateLimit-Policy` as lists of structured fields (RFC 8941, IETF draft-ietf-httpapi-ratelimit-headers-08 and later),
 * and `Retry-After` in seconds (RFC 9110 section 10.2.3), on every answer of a limited path. Times are right to the second.
 */
export function setRateLimitHeaders(headers: Headers, { rateLimits = [] }: RequestContext): void {
  if (rateLimits.length === 0) return;
  headers.set(
    'RateLimit-Policy',
    rateLimits.map(({ name, max, window }) => `${quoted(name)};q=${max};w=${window}`).join(', '),
  );
  headers.set(
    'RateLimit',
    rateLimits.map(({ name, remaining, reset }) => `${quoted(name)};r=${remaining};t=${reset}`).join(', '),
  );
  const waits = rateLimits.flatMap(({ retryAfter }) => retryAfter ?? []);
  if (waits.length === 0) return;
  headers.set('Retry-After', String(Math.max(...waits)));
  headers.set('X-Retry-After', String(Math.max(...waits)));
}

/** A String of RFC 8941 section 3.3.3; names are checked to be printable ASCII. */
const quoted = (name: string): string => `"${name.replace(/[\\"]/g, '\\$&')}"`;
