/** What a browser adds to fetch and Node does not: a cookie jar and the Origin header. No redirect is followed by itself. */
export interface Browser {
  readonly fetch: typeof fetch;
  /** The cookies, as they would be sent. */
  cookies(): string;
}

export function createBrowser(origin: string): Browser {
  const jar = new Map<string, string>();
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

  return {
    cookies,
    async fetch(input, init) {
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
      if (jar.size) headers.set('cookie', cookies());
      headers.set('origin', origin);
      const response = await fetch(input, { ...init, headers, redirect: 'manual' });
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
