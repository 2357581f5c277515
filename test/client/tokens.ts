import { json, type Respond, startServer, status } from '../verify/key-server.ts';

/** Seconds since 1970, at which clocks start. */
export const start = 1_800_000_000;

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Looks like a token; the client verifies none. */
export const tokenOf = (claims: object) => `${part({ alg: 'ES256' })}.${part(claims)}.${'A'.repeat(86)}`;

/** An auth server that issues a token of 900 seconds with every request, each another. */
export async function startAuthServer() {
  let issued = 0;
  let user: string | undefined = 'user-1';
  let fault: Respond | undefined;
  let beforeAnswer: (() => Promise<unknown>) | undefined;
  const server = await startServer(async (request, response) => {
    const answer =
      fault ??
      (user ? json({ token: tokenOf({ sub: user, iat: start, exp: start + 900, jti: ++issued }) }) : status(401));
    await beforeAnswer?.();
    answer(request, response);
  });
  return {
    ...server,
    /** What it answers instead of what it should. */
    fail: (respond: Respond | undefined) => {
      fault = respond;
    },
    signIn: (yes: boolean, sub = 'user-1') => {
      user = yes ? sub : undefined;
    },
    /** Holds answers that are decided already until the promise is settled. */
    hold: (until: (() => Promise<unknown>) | undefined) => {
      beforeAnswer = until;
    },
  };
}

/** The number of a token, in the order of issue. */
export const numberOf = (token: string | null): number | null =>
  token === null
    ? null
    : (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: number }).jti;

/** A storage like the browser's, to look into. */
export function memoryStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
    key: (index: number) => [...items.keys()][index] ?? null,
    get length() {
      return items.size;
    },
  };
}
