import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { type CookieOptions, cookieName } from '../../contract/cookie-options.ts';
import { csrfHeader } from '../../contract/routes.ts';
import { csrfTokens, equal } from './csrf-token.ts';

const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Signed double-submit cookie: a state change with a session cookie needs a token in a header that equals the one in a cookie, and that
 * was made for this very session. A page that can plant cookies knows neither the secret nor the session.
 *
 * @param secrets the current one first
 */
export function doubleSubmitPlugin(secrets: readonly string[], cookies: CookieOptions): BetterAuthPlugin {
  const tokens = csrfTokens(secrets);
  const cookieNames = { session: cookieName(cookies, 'session_token'), csrf: cookieName(cookies, 'csrf') };
  return {
    id: 'gatehouse-double-submit',
    onRequest: async ({ method, headers }) => {
      const session = cookieValue(headers, cookieNames.session);
      if (session === undefined || safeMethods.includes(method)) return;
      const token = cookieValue(headers, cookieNames.csrf) ?? '';
      const same = equal(headers.get(csrfHeader) ?? '', token);
      if (tokens.verify(token, tokenOf(session)) && same) return;
      const message = `A state change needs the header ${csrfHeader} of this session.`;
      return { response: Response.json({ code: 'CSRF_TOKEN_INVALID', message }, { status: 403 }) };
    },
    hooks: {
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (ctx) => {
            if (!ctx.request) return;
            const { method, headers } = ctx.request;
            const { newSession } = ctx.context;
            const session = cookieValue(headers, cookieNames.session);
            // No browser adds a bearer token by itself.
            if (session === undefined && headers.has('authorization')) return;
            const current = newSession?.session.token ?? (session === undefined ? undefined : tokenOf(session));
            if (!current || !(newSession || safeMethods.includes(method))) return;
            const kept = cookieValue(headers, cookieNames.csrf) ?? '';
            if (tokens.verify(kept, current)) {
              ctx.setHeader(csrfHeader, kept);
              return;
            }
            const token = tokens.create(current);
            const cookie = ctx.context.createAuthCookie('csrf');
            ctx.setHeader(csrfHeader, token);
            ctx.setCookie(cookie.name, token, cookie.attributes);
          }),
        },
      ],
    },
  };
}

/** Empty where a name stands twice with different values: one of them was planted, and parsers differ in which they take. */
function cookieValue(headers: Headers, wanted: string): string | undefined {
  const values = new Set(
    (headers.get('cookie') ?? '')
      .split(';')
      .map((pair) => pair.split(/=(.*)/s))
      .filter(([name]) => name!.trim() === wanted)
      .map(([, value = '']) => value.trim()),
  );
  if (values.size > 1) return '';
  const [value] = values;
  return value;
}

/** A signed cookie's value is `<token>.<signature>`, percent-encoded. */
function tokenOf(value: string): string {
  const [, token = ''] = /^(.*)\.[^.]*$/.exec(value) ?? [];
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
