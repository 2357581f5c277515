import { routes, unlockPath } from '../../contract/routes.ts';

/**
 * Headers of every answer, errors included. Sources: OWASP HTTP Headers Cheat Sheet; ASVS 5.0 section 3.4. The policy allows
 * nothing at all: an authentication API renders no pages, but the one of the mailed link that lifts a lock.
 *
 * @param path below the base URL
 */
export function setSecurityHeaders(headers: Headers, path: string): void {
  headers.set('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('X-Frame-Options', 'DENY');
  const hasForm = path === routes.authBase + unlockPath;
  headers.set(
    'Content-Security-Policy',
    `default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action ${hasForm ? "'self'" : "'none'"}`,
  );
  // A form on a page without a referrer would be posted without an origin.
  headers.set('Referrer-Policy', hasForm ? 'same-origin' : 'no-referrer');
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  // The key set and discovery say themselves how long they may be kept; nothing else is for a cache, whatever a plugin says.
  const shared = path === routes.jwks || path === routes.discovery;
  if (!shared || !headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
}
