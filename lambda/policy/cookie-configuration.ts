import type { BetterAuthOptions } from 'better-auth';
import {
  type CookieOptions,
  cookieName,
  cookiePath,
  cookieSameSite,
  fromProviders,
} from '../../contract/cookie-options.ts';

type Advanced = NonNullable<BetterAuthOptions['advanced']>;

/** The part of Better Auth's options that names cookies and gives them their attributes. */
export function cookieConfiguration(options: CookieOptions = {}) {
  const { byName = {}, domain, sameSite = 'lax' } = options;
  const special = new Set([...Object.keys(byName), ...(sameSite === 'strict' ? fromProviders : [])]);
  const partitioned = (value: string) => value === 'none' && options.partitioned !== false;
  return {
    // Better Auth would put a prefix of its own before `__Host-`; Secure is set below all the same.
    useSecureCookies: false,
    cookiePrefix: cookieName(options, '').slice(0, -1),
    defaultCookieAttributes: {
      secure: true,
      httpOnly: true,
      sameSite,
      path: cookiePath(options),
      ...(partitioned(sameSite) && { partitioned: true }),
    },
    ...(domain !== undefined && { crossSubDomainCookies: { enabled: true, domain } }),
    cookies: Object.fromEntries(
      [...special].map((cookie) => {
        const own = cookieSameSite(options, cookie);
        const { maxAge } = byName[cookie] ?? {};
        return [
          cookie,
          {
            name: cookieName(options, cookie),
            attributes: {
              sameSite: own,
              path: cookiePath(options, cookie),
              partitioned: partitioned(own),
              ...(maxAge !== undefined && { maxAge }),
            },
          },
        ];
      }),
    ),
  } satisfies Advanced;
}
