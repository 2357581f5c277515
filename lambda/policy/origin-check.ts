import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { requestContext } from '../gateway/request-context.ts';
import type { OriginList } from './origin-list.ts';
import { originRefusal } from './origin-refusal.ts';

/** Parameters of Better Auth and its plugins that say where a browser goes next, and the code of their refusal. */
const targets: Readonly<Record<string, string>> = {
  callbackURL: 'INVALID_CALLBACK_URL',
  errorCallbackURL: 'INVALID_ERROR_CALLBACK_URL',
  newUserCallbackURL: 'INVALID_NEW_USER_CALLBACK_URL',
  redirectTo: 'INVALID_REDIRECT_URL',
  redirectURL: 'INVALID_REDIRECT_URL',
  returnUrl: 'INVALID_REDIRECT_URL',
  successUrl: 'INVALID_REDIRECT_URL',
  cancelUrl: 'INVALID_REDIRECT_URL',
};

/**
 * Gatehouse's own origin check, before Better Auth's, which stays on: every endpoint, Fetch Metadata, and exact matching. Better Auth takes
 * a Referer for a missing Origin and `null` from a page that calls itself same-origin; its wildcards know no ports; and it checks the
 * targets of redirects on some methods and names only. Origins that plugins bring along are trusted by none of this.
 *
 * @param fixed trusted outside a request
 */
export function originCheckPlugin(fixed: OriginList, ownOrigin: string): BetterAuthPlugin {
  const current = () => requestContext()?.origins ?? fixed;
  return {
    id: 'gatehouse-origin-check',
    init: () => ({
      context: {
        isTrustedOrigin: (url: string, settings?: { allowRelativePaths: boolean }) =>
          current().isTarget(url) && (settings?.allowRelativePaths === true || !url.startsWith('/')),
      },
    }),
    onRequest: async (request) => {
      const refusal = originRefusal(request, current(), ownOrigin);
      if (refusal) return { response: Response.json(refusal, { status: 403 }) };
    },
    hooks: {
      before: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async ({ body, query }) => {
            for (const source of [body, query]) refuseTargets(source, current());
          }),
        },
      ],
    },
  };
}

function refuseTargets(source: unknown, origins: OriginList): void {
  if (typeof source !== 'object' || source === null) return;
  for (const [name, code] of Object.entries(targets)) {
    const value = (source as Record<string, unknown>)[name];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value === 'string' && origins.isTarget(value)) continue;
    throw APIError.from('FORBIDDEN', { code, message: `${name} leads to an origin that is not trusted.` });
  }
}
