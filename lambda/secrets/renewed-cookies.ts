import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { requestContext } from '../gateway/request-context.ts';

/**
 * Sends cookies anew that a previous secret had signed, so that they outlive it: the lasting ones, unless the answer sets or clears
 * them anyway. It goes before the bearer plugin, which hands a session's cookie to clients without cookies.
 */
export function renewedCookiesPlugin(): BetterAuthPlugin {
  return {
    id: 'gatehouse-renewed-cookies',
    hooks: {
      after: [
        {
          matcher: () => (requestContext()?.renewedCookies?.size ?? 0) > 0,
          handler: createAuthMiddleware(async (ctx) => {
            const { authCookies, createAuthCookie, secret, responseHeaders } = ctx.context;
            const { sessionToken, dontRememberToken } = authCookies;
            const forgetful = Boolean(await ctx.getSignedCookie(dontRememberToken.name, secret));
            const session = { ...sessionToken.attributes, ...(forgetful && { maxAge: undefined }) };
            const attributesOf = (name: string) => {
              if (name === sessionToken.name || name.startsWith(`${sessionToken.name}_multi-`)) return session;
              if (name === createAuthCookie('admin_session').name) return sessionToken.attributes;
              return name === dontRememberToken.name ? dontRememberToken.attributes : undefined;
            };
            const set = responseHeaders?.getSetCookie() ?? [];
            for (const [name, value] of requestContext()!.renewedCookies!) {
              const attributes = attributesOf(name);
              const isSet = set.some((cookie) => cookie.startsWith(`${name}=`));
              if (attributes && !isSet) await ctx.setSignedCookie(name, value, secret, attributes);
            }
          }),
        },
      ],
    },
  };
}
