import type { FlowTarget } from './flow-target.ts';

/** What a browser adds to fetch and Node does not: a cookie jar and the Origin header. No redirect is followed by itself. */
export interface Browser {
  readonly fetch: typeof fetch;
  /** The cookies, as they would be sent. */
  cookies(): string;
}

/** A browser on a page of the target's own origin. */
export function createBrowser({ url, fetch: reach = fetch }: FlowTarget): Browser {
  const jar = new Map<string, string>();
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

  return {
    cookies,
    async fetch(input, init) {
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
      if (jar.size) headers.set('cookie', cookies());
      headers.set('origin', new URL(url).origin);
      const response = await reach(input, { ...init, headers, redirect: 'manual' });
      for (const cookie of response.headers.getSetCookie()) store(jar, cookie);
      return response;
    },
  };
}

function store(jar: Map<string, string>, cookie: string): void {
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const expired = attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute));
  if (expired) jar.delete(pair.slice(0, at));
  else jar.set(pair.slice(0, at), pair.slice(at + 1));
}
