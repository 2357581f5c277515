import { type AccessToken, readAccessToken } from './access-token.ts';
import type { TokenManagerSettings, TokenStorage } from './options.ts';

/** What a storage keeps for one manager: its token, and the last sign-out from its auth server. */
export interface TokenStore {
  /** The order of the last sign-out, by a manager of any audience, of this page or an earlier one; 0 when there was none. */
  signedOutAt(): number;
  /** The token, unless it was asked for before the last sign-out. */
  read(): AccessToken | undefined;
  write(accessToken: AccessToken): void;
  /** Removes the tokens for all audiences that were asked for before, and remembers the sign-out. Throws what the storage throws. */
  signOut(order: number): void;
}

/** Undefined when nothing is to be stored. */
export function tokenStore({ baseURL, audience, storage }: TokenManagerSettings): TokenStore | undefined {
  if (!storage) return undefined;
  const mark = `gatehouse:${baseURL}`;
  // No URL has a space, so that the tokens of `https://example.com` are not those of `https://example.com:8443`.
  const prefix = `${mark} `;
  const key = prefix + (audience ?? '');

  const signedOutAt = () => {
    const order = readJson(storage, mark);
    return Number.isFinite(order) ? (order as number) : 0;
  };
  const tokenAt = (name: string) => readAccessToken(readJson(storage, name));

  return {
    signedOutAt,
    read() {
      const accessToken = tokenAt(key);
      return accessToken && accessToken.order > signedOutAt() ? accessToken : undefined;
    },
    write: (accessToken) => writeJson(storage, key, accessToken),
    signOut(order) {
      writeJson(storage, mark, Math.max(order, signedOutAt()));
      for (const name of namesIn(storage)) {
        // Unlike a token that could not be stored, one that could not be removed is for the caller to know.
        if (name.startsWith(prefix) && !((tokenAt(name)?.order ?? 0) > order)) storage.removeItem(name);
      }
    },
  };
}

const namesIn = (storage: TokenStorage): string[] =>
  Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');

function readJson(storage: TokenStorage, name: string): unknown {
  try {
    return JSON.parse(storage.getItem(name) ?? 'null');
  } catch {
    return undefined;
  }
}

/** A full or forbidden storage costs a request with the next page, and nothing else. */
function writeJson(storage: TokenStorage, name: string, value: unknown): void {
  try {
    storage.setItem(name, JSON.stringify(value));
  } catch {
    // In memory it is anyway.
  }
}
