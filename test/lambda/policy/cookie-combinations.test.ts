import { expect, test } from '@jest/globals';
import { createCookieGetter } from 'better-auth/cookies';
import fc from 'fast-check';
import { optionProblems } from '../../../contract/check-settings.ts';
import type { CookieOptions } from '../../../contract/cookie-options.ts';
import { cookieConfiguration } from '../../../lambda/policy/cookie-configuration.ts';

const baseUrl = 'https://auth.eu.example.com/prod';
const cookieNames = ['session_token', 'dont_remember', 'two_factor', 'state', 'csrf', 'device'];

/** Mostly what may work, so that the combinations are what is tried. */
const mostly = <T>(good: readonly T[], bad: readonly T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });

const sameSite = mostly(['strict', 'lax', 'none'], ['Lax', 'sometimes']) as fc.Arbitrary<'lax'>;
const path = mostly(['/', '/prod', '/prod/', '/prod/api/auth'], ['/api/auth', '/pro', '/prod/api/auth/x', 'prod', '']);
const maxAge = mostly([60, 34_560_000], [34_560_001, 0, -1, 1.5, Number.NaN]);
const name = mostly(['mine', 'mine-too', 'auth.session_token'], ['__Host-mine', 'a b', 'a;b', 'ä', '']);
const domain = mostly(
  ['example.com', 'eu.example.com', 'auth.eu.example.com'],
  [
    ...['us.example.com', 'xample.com', 'com', 'co.uk', 'Example.com', '.example.com', 'example.com.', 'localhost'],
    ...['127.0.0.1', 'cloudfront.net', 'example.com/x', 'a b', ''],
  ],
);
const options: fc.Arbitrary<CookieOptions> = fc.record(
  {
    prefix: mostly(['auth', 'app-1'], ['__Secure-x', 'a=b', '', 'x'.repeat(65)]),
    hostPrefix: fc.boolean(),
    domain,
    path,
    sameSite,
    partitioned: fc.boolean(),
    priority: fc.constantFrom('low', 'medium', 'high') as fc.Arbitrary<'low'>,
    byName: fc.dictionary(
      fc.constantFrom(...cookieNames),
      fc.record({ name, sameSite, path, maxAge }, { requiredKeys: [] }),
      { maxKeys: 2 },
    ),
  },
  { requiredKeys: [] },
);

interface Attributes {
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: string;
  readonly path?: string;
  readonly domain?: string;
  readonly partitioned?: boolean;
  readonly maxAge?: number;
}

/** Why a browser would drop a cookie of the base URL's host, or not send it to the API: RFC 6265bis sections 5.4, 5.6 and 5.7. */
function dropped(
  cookie: string,
  { secure, sameSite: site, path: at = '', domain, partitioned, maxAge: age }: Attributes,
) {
  const { hostname, pathname } = new URL(`${baseUrl}/api/auth/sign-out`);
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(cookie)) return 'the name is no token';
  if (/^__Host-/i.test(cookie) && !(secure && at === '/' && domain === undefined)) return '__Host-';
  if (/^__Secure-/i.test(cookie) && !secure) return '__Secure-';
  if (site?.toLowerCase() === 'none' && !secure) return 'None without Secure';
  if (!['strict', 'lax', 'none'].includes(site ?? '')) return 'an unknown SameSite';
  if (partitioned && !secure) return 'Partitioned without Secure';
  if (domain !== undefined && hostname !== domain && !hostname.endsWith(`.${domain}`)) return 'a domain of others';
  if (domain !== undefined && ['com', 'co.uk', 'cloudfront.net'].includes(domain)) return 'a public suffix';
  if (!(pathname === at || (pathname.startsWith(at) && (at.endsWith('/') || pathname[at.length] === '/'))))
    return 'a path';
  if (age !== undefined && !(age > 0 && age <= 34_560_000)) return 'a lifetime';
  return undefined;
}

test('what is not refused makes cookies that browsers keep, send and guard', () => {
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(options, fc.constantFrom([], ['https://app.example.com']), (cookies, trustedOrigins) => {
      if (optionProblems({ cookies }, { stage: 'prod', baseUrl, trustedOrigins }).length > 0) {
        refused++;
        return;
      }
      accepted++;
      const advanced = cookieConfiguration(cookies);
      const create = createCookieGetter({ baseURL: `${baseUrl}/api/auth`, advanced });
      const made = cookieNames.map((cookie) => create(cookie));
      expect(new Set(made.map((cookie) => cookie.name)).size).toBe(cookieNames.length);
      for (const { name: full, attributes } of made as { name: string; attributes: Attributes }[]) {
        expect([full, attributes, dropped(full, attributes)]).toEqual([full, attributes, undefined]);
        expect(full).toMatch(/^__(Host|Secure)-/);
        expect(attributes).toMatchObject({ secure: true, httpOnly: true });
        // Where one host is enough, other hosts cannot plant the cookie.
        if (cookies.domain === undefined && attributes.path === '/' && cookies.hostPrefix !== false) {
          expect(full).toMatch(/^__Host-/);
        }
        if (attributes.sameSite === 'none') expect(trustedOrigins).not.toEqual([]);
        if (attributes.partitioned) expect(attributes.sameSite).toBe('none');
      }
      const state = made.find((cookie) => cookie.name.includes('state'));
      if (!cookies.byName?.state?.name) expect(state?.attributes.sameSite).not.toBe('strict');
    }),
    { numRuns: 4_000 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(100);
});
