import { type AccessToken, readAccessToken } from './access-token.ts';
import type { SignedOutReason, TokenManagerSettings, TokenStorage } from './options.ts';

export interface TokenState {
  /** A moment after every request and sign-out that this tab knows of. */
  nextOrder(): number;
  current(): AccessToken | undefined;
  /** Takes a token, unless there was a sign-out after it was asked for, or there is a later one. @returns was it taken */
  take(accessToken: AccessToken): boolean;
  /** Forgets tokens that were asked for before; one that was asked for later stays. */
  signOut(order: number, reason?: SignedOutReason): void;
}

/**
 * The token of one manager. Requests and sign-outs of all tabs are ordered by a clock that counts on (Lamport's), so that an answer
 * that was under way during a sign-out cannot bring a token back, nor a late sign-out end a new session.
 */
export function tokenState({ baseURL, audience, storage, onSignedOut, now }: TokenManagerSettings): TokenState {
  const key = `gatehouse:${baseURL}:${audience ?? ''}`;
  let held = storage && readStored(storage, key);
  let signedOutAt = 0;
  let latest = held?.order ?? 0;
  /** Was it said already? */
  let told = false;
  const seen = (order: number) => {
    latest = Math.max(latest, order);
  };

  return {
    nextOrder() {
      seen(Math.max(now(), latest + 1));
      return latest;
    },
    current: () => held,
    take(accessToken) {
      seen(accessToken.order);
      if (accessToken.order <= Math.max(signedOutAt, held?.order ?? 0)) return false;
      held = accessToken;
      told = false;
      if (storage) store(storage, key, accessToken);
      return true;
    },
    signOut(order, reason) {
      seen(order);
      signedOutAt = Math.max(signedOutAt, order);
      if (held && held.order > order) return;
      held = undefined;
      // Unlike a token that could not be stored, one that could not be removed is for the caller to know.
      storage?.removeItem(key);
      if (reason && !told) onSignedOut?.(reason);
      told = true;
    },
  };
}

function readStored(storage: TokenStorage, key: string): AccessToken | undefined {
  try {
    return readAccessToken(JSON.parse(storage.getItem(key) ?? 'null'));
  } catch {
    return undefined;
  }
}

/** A full or forbidden storage costs a request with the next page, and nothing else. */
function store(storage: TokenStorage, key: string, accessToken: AccessToken): void {
  try {
    storage.setItem(key, JSON.stringify(accessToken));
  } catch {
    // In memory it is anyway.
  }
}
