import type { BetterAuthPlugin } from 'better-auth';
import { type CookieOptions, cookieName } from '../../contract/cookie-options.ts';

/** Adds `Priority`, which Better Auth's serializer does not know, to cookies that have one set (draft-west-cookie-priority). */
export function cookiePriorityPlugin(options: CookieOptions): BetterAuthPlugin {
  const byName = new Map(
    Object.entries(options.byName ?? {}).map(([cookie, { priority }]) => [cookieName(options, cookie), priority]),
  );
  return {
    id: 'gatehouse-cookie-priority',
    onResponse: async (response) => {
      const cookies = response.headers.getSetCookie();
      if (cookies.length === 0) return;
      const headers = new Headers(response.headers);
      headers.delete('set-cookie');
      for (const cookie of cookies) {
        const priority = byName.get(cookie.slice(0, cookie.indexOf('='))) ?? options.priority;
        headers.append('set-cookie', priority ? `${cookie}; Priority=${capital(priority)}` : cookie);
      }
      return { response: new Response(response.body, { status: response.status, headers }) };
    },
  };
}

const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1);
