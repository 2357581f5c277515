import { csrfHeader, routes } from '../../contract/routes.ts';
import type { RequestContext } from './request-context.ts';

const exposed = `RateLimit, RateLimit-Policy, Retry-After, Set-Auth-Token, ${csrfHeader}, X-Request-Id, X-Retry-After`;

/** Answers a CORS preflight (Fetch standard); an origin that is not trusted gets the answer without permission. */
export function preflightResponse(request: Request): Response | undefined {
  if (request.method !== 'OPTIONS') return undefined;
  return new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Headers': `Authorization, Content-Type, X-Captcha-Response, ${csrfHeader}`,
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, OPTIONS',
      'Access-Control-Max-Age': '600',
    },
  });
}

/** Permits credentialed reading to trusted origins, on every answer. What is public anyway may be read by all. */
export function setCorsHeaders(headers: Headers, { path, origin, origins }: RequestContext): void {
  if (path === routes.jwks || path === routes.discovery) {
    headers.set('Access-Control-Allow-Origin', '*');
    return;
  }
  headers.append('Vary', 'Origin');
  if (!origin || !origins?.isOrigin(origin)) {
    for (const name of [...headers.keys()]) if (name.startsWith('access-control-')) headers.delete(name);
    return;
  }
  headers.set('Access-Control-Allow-Origin', origin);
  headers.set('Access-Control-Allow-Credentials', 'true');
  headers.set('Access-Control-Expose-Headers', exposed);
}
