import { describe, expect, test } from '@jest/globals';
import type { FlowTarget } from '../flow-target.ts';
import { resident } from '../person.ts';
import { postJson, send } from '../requests.ts';

const securityHeaders = {
  'strict-transport-security': /^max-age=\d{8,}; includeSubDomains$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'x-request-id': /^[\w-]{8,}$/,
} as const;

/** What every client relies on without looking. */
export function headers(target: () => FlowTarget): void {
  describe('headers', () => {
    test.each([
      ['an answer', '/api/auth/get-session', 200, /^no-store$/],
      ['a refusal', '/api/auth/token', 401, /^no-store$/],
      ['the key set', '/.well-known/jwks.json', 200, /^public,/],
      ['health', '/health', 200, /^no-store$/],
    ])('%s carries the security headers, and says whether it may be kept', async (_, path, status, caching) => {
      const response = await send(target(), path);
      expect(response.status).toBe(status);
      for (const [name, value] of Object.entries(securityHeaders)) {
        expect([name, response.headers.get(name)]).toEqual([name, expect.stringMatching(value)]);
      }
      expect(response.headers.get('cache-control')).toMatch(caching);
    });

    test.each(['/.well-known/jwks.json', '/.well-known/openid-configuration', '/health'])(
      'HEAD of %s is GET without the body',
      async (path) => {
        const get = await send(target(), path);
        const head = await send(target(), path, { method: 'HEAD' });
        expect([head.status, await head.text()]).toEqual([200, '']);
        for (const name of ['cache-control', 'content-type', 'etag', 'strict-transport-security']) {
          expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
        }
      },
    );

    test('several cookies are several headers, each bound to this host and hidden from scripts', async () => {
      const { email, password } = await resident(target());
      const origin = new URL(target().url).origin;
      const signIn = { email, password, rememberMe: false };
      const response = await postJson(target(), '/api/auth/sign-in/email', { origin }, signIn);
      expect(response.status).toBe(200);
      const cookies = response.headers.getSetCookie();
      expect(cookies.length).toBeGreaterThanOrEqual(2);
      for (const cookie of cookies) {
        const [pair, ...attributes] = cookie.split(/; ?/);
        // A comma would be a second cookie, folded into this one.
        expect(pair).toMatch(/^__Host-[^=,]+=[^,]*$/);
        expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']));
        expect(attributes.join(';')).not.toMatch(/domain=|,/i);
      }
    });
  });
}
