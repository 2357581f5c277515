import { VerificationError } from './verification-error.ts';

/**
 * The answer to a request without a good token (RFC 6750 section 3). 401 is the same whatever the reason, so that nobody can probe
 * for it; 503 says that nobody can tell now. What is not a `VerificationError` is thrown on.
 */
export function refusal(error: unknown): Response {
  if (!(error instanceof VerificationError)) throw error;
  if (error.code === 'KEYS_UNAVAILABLE') {
    return answer(503, 'KEYS_UNAVAILABLE', 'tokens cannot be verified at the moment', {
      'Retry-After': String(error.retryAfter ?? 1),
    });
  }
  return answer(401, 'UNAUTHORIZED', 'a valid bearer token is required', {
    'WWW-Authenticate': error.code === 'TOKEN_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"',
  });
}

const answer = (status: number, code: string, message: string, headers: Record<string, string>) =>
  Response.json({ code, message }, { status, headers: { ...headers, 'Cache-Control': 'no-store' } });
