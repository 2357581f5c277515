import type { BetterAuthPlugin } from 'better-auth';
import { bearer } from 'better-auth/plugins';

/** `Bearer <token>.<signature>`, as `set-auth-token` hands it out, or percent-encoded like a cookie's value. */
export const signedBearer = /^(bearer +)((?:[\w~+/-]|%2b|%2f)+\.(?:[a-z\d+/]|%2b|%2f){43}(?:=|%3d))$/i;

/**
 * Better Auth's bearer plugin, for signed tokens only: a token as stored must not authenticate, or a leaked table would be a bunch of
 * keys. It checks no more than the first two parts between dots, so that a malformed header could take the place of a good cookie;
 * such headers do not reach it.
 */
export function signedBearerPlugin(): BetterAuthPlugin {
  return {
    ...bearer({ requireSignature: true }),
    onRequest: async ({ headers }) => {
      if (!signedBearer.test(headers.get('authorization') ?? '')) headers.delete('authorization');
    },
  };
}
