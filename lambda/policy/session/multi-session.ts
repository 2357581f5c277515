import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';

/** What Better Auth's multi-session plugin puts between the session cookie's name and the token. */
const infix = '_multi-';

/**
 * Better Auth's multi-session plugin lower-cases the names of the cookies that it clears at sign-out, `__Host-` included, so that they
 * stay. This clears them by the names that they have, and takes back what names none. It goes behind that plugin.
 */
export function multiSessionCookiesPlugin(): BetterAuthPlugin {
  return {
    id: 'gatehouse-multi-session-cookies',
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === '/sign-out',
          handler: createAuthMiddleware(async (ctx) => {
            const { authCookies, responseHeaders } = ctx.context;
            const { name, attributes } = authCookies.sessionToken;
            const prefix = name + infix;
            const set = responseHeaders?.getSetCookie() ?? [];
            responseHeaders?.delete('set-cookie');
            const misnamed = (cookie: string) =>
              cookie.toLowerCase().startsWith(prefix.toLowerCase()) && !cookie.startsWith(prefix);
            for (const cookie of set) if (!misnamed(cookie)) responseHeaders?.append('set-cookie', cookie);
            const names = (ctx.headers?.get('cookie') ?? '').split(';').map((pair) => pair.split('=')[0]!.trim());
            for (const each of names.filter((one) => one.startsWith(prefix))) {
              ctx.setCookie(each, '', { ...attributes, maxAge: 0 });
            }
          }),
        },
      ],
    },
  };
}
