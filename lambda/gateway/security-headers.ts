/**
 * Headers of every answer, errors included. Sources: OWASP HTTP Headers Cheat Sheet; ASVS 5.0 section 3.4. The policy allows
 * nothing at all: an authentication API renders no pages.
 */
export function setSecurityHeaders(headers: Headers): void {
  headers.set('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('X-Frame-Options', 'DENY');
  headers.set(
    'Content-Security-Policy',
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
  headers.set('Referrer-Policy', 'no-referrer');
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  // The key set and discovery say themselves how long they may be kept.
  if (!headers.get('Cache-Control')?.startsWith('public')) headers.set('Cache-Control', 'no-store');
}
