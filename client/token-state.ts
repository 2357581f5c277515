import { report } from '../verify/verifier-event.ts';
import type { AccessToken } from './access-token.ts';
import type { SignedOutReason, TokenManagerSettings } from './options.ts';
import { tokenStore } from './token-store.ts';

export interface TokenState {
  /** A moment after every request and sign-out that this tab knows of. */
  nextOrder(): number;
  current(): AccessToken | undefined;
  /** Takes a token, unless there was a sign-out after it was asked for, or there is a later one. @returns was it taken */
  take(accessToken: AccessToken): boolean;
  /** Forgets tokens that were asked for before; one that was asked for later stays. Throws when a storage cannot forget. */
  signOut(order: number, reason?: SignedOutReason): void;
}

/**
 * The token of one manager. Requests and sign-outs of all tabs are ordered by a clock that counts on (Lamport's), so that an answer
 * that was under way during a sign-out cannot bring a token back, nor a late sign-out end a new session.
 */
export function tokenState(settings: TokenManagerSettings): TokenState {
  const { onSignedOut, now } = settings;
  const store = tokenStore(settings);
  let held = store?.read();
  let signedOutAt = store?.signedOutAt() ?? 0;
  let latest = Math.max(held?.order ?? 0, signedOutAt);
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
      // A sign-out that this manager did not hear of is in the storage.
      signedOutAt = Math.max(signedOutAt, store?.signedOutAt() ?? 0);
      seen(Math.max(accessToken.order, signedOutAt));
      if (held && held.order <= signedOutAt) held = undefined;
      if (accessToken.order <= Math.max(signedOutAt, held?.order ?? 0)) return false;
      held = accessToken;
      told = false;
      store?.write(accessToken);
      return true;
    },
    signOut(order, reason) {
      seen(order);
      signedOutAt = Math.max(signedOutAt, order);
      try {
        store?.signOut(order);
      } finally {
        if (!held || held.order <= order) {
          held = undefined;
          const news = reason && !told;
          told = true;
          if (news && onSignedOut) report(onSignedOut, reason);
        }
      }
    },
  };
}
