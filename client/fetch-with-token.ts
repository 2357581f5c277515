import { areOfOneUser } from './access-token.ts';

export interface FetchWithTokenInput {
  readonly origins: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  readonly getToken: (signal: AbortSignal) => Promise<string | null>;
  /** A token other than the one that was refused, or null. */
  readonly renew: (refused: string, signal: AbortSignal) => Promise<string | null>;
}

/**
 * A `fetch` that sends the token to the origins that are listed, and once more with a new one of the same user when the answer is
 * 401. Requests to other origins, and those with an Authorization header of their own, go out as they are. With the token redirects are errors, so
 * that it cannot be led elsewhere, unless `init.redirect` says otherwise.
 */
export function fetchWithToken({ origins, fetch, getToken, renew }: FetchWithTokenInput): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (!origins.includes(new URL(request.url).origin) || request.headers.has('authorization')) return fetch(request);
    const redirect = init?.redirect ?? 'error';
    const send = (body: Request, token: string) => {
      const headers = new Headers(body.headers);
      headers.set('Authorization', `Bearer ${token}`);
      return fetch(new Request(body, { headers, redirect }));
    };

    const token = await getToken(request.signal);
    if (token === null) return fetch(request);
    // A body can be read once: the copy goes out, the original waits.
    const answer = await send(request.clone(), token);
    const renewed = answer.status === 401 ? await renew(token, request.signal) : null;
    // Somebody else may have signed in meanwhile: what one user meant must not be done in the name of another.
    if (renewed === null || !areOfOneUser(token, renewed)) return answer;
    await answer.body?.cancel();
    return send(request, renewed);
  };
}
