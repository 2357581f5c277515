import { isFresh } from './access-token.ts';
import { fetchWithToken } from './fetch-with-token.ts';
import { readOptions, type TokenManagerOptions } from './options.ts';
import { requestToken } from './request-token.ts';
import { openTabs } from './tabs.ts';
import { tokenState } from './token-state.ts';

/** Gives the token of whoever is signed in, and renews it before it expires. */
export interface TokenManager {
  /**
   * A token that is valid for a while, or null when the user is signed out. One request is made for all that wait, in all tabs; to
   * abort the wait does not abort it. Rejects with `TokenManagerError` when nobody can tell, with the signal's reason, or with what a
   * `storage` throws that cannot forget.
   */
  getToken(options?: { readonly signal?: AbortSignal }): Promise<string | null>;
  /** `fetch`, with the token for `resourceOrigins`, and one more try with a new one of the same user after a 401. */
  readonly fetchWithToken: typeof globalThis.fetch;
  /**
   * Forgets the token, here and in the other tabs, and what is stored for other audiences. To be called after sign-out and after
   * sign-in as somebody else. Throws what a `storage` throws that cannot forget.
   */
  clear(): void;
  /** Stops listening to other tabs. */
  close(): void;
}

/** Milliseconds that the token of another tab may take to arrive here. */
const arrival = 250;

/** Seconds between two renewals because a resource server refused a token: when that does not help, more will not. */
const renewalPause = 10;

/** Keeps an access token for the session that the browser's cookie stands for. Throws `OptionError`. */
export function createTokenManager(options: TokenManagerOptions): TokenManager {
  const settings = readOptions(options);
  const { baseURL, audience, skew, timeout, now } = settings;
  const state = tokenState(settings);
  let pending: Promise<string | null> | undefined;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let arrived: (() => void) | undefined;

  const tabs = openTabs(baseURL, (message) => {
    if (message.type === 'signed_out') state.signOut(message.order, 'other_tab');
    else if (message.audience === audience) state.take(message.accessToken);
    arrived?.();
  });

  /** @param refused a token that is of no use, whatever it says. */
  const fresh = (refused?: string): string | undefined => {
    const held = state.current();
    return held && held.token !== refused && isFresh(held, { skew, now: now() }) ? held.token : undefined;
  };

  function refresh(refused?: string): Promise<string | null> {
    pending ??= tabs
      .alone(audience ?? '', timeout, async (waited) => {
        if (waited && !fresh(refused)) await messageOrTimeout();
        return (waited && fresh(refused)) || request();
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  }

  const messageOrTimeout = () =>
    new Promise<void>((resolve) => {
      arrived = resolve;
      setTimeout(resolve, arrival);
    });

  async function request(): Promise<string | null> {
    const [order, obtainedAt] = [state.nextOrder(), now()];
    const token = await requestToken(settings);
    if (token === undefined) {
      // Before anything here can fail; another tab may have a later token.
      if ((state.current()?.order ?? 0) <= order) tabs.tell({ type: 'signed_out', order });
      state.signOut(order, 'session_ended');
    } else {
      const accessToken = { token, obtainedAt, order };
      // Somebody signed out meanwhile: whose token it is, or whether there is one now, has to be asked again.
      if (!state.take(accessToken)) return fresh() ?? request();
      tabs.tell({ type: 'token', audience, accessToken });
    }
    return state.current()?.token ?? null;
  }

  const getToken: TokenManager['getToken'] = async ({ signal } = {}) => {
    signal?.throwIfAborted();
    return fresh() ?? unlessAborted(refresh(), signal);
  };

  return {
    getToken,
    fetchWithToken: fetchWithToken({
      origins: settings.resourceOrigins,
      fetch: settings.fetch,
      getToken: (signal) => getToken({ signal }),
      async renew(refused, signal) {
        const other = fresh(refused);
        if (other) return other;
        if (!pending && now() - renewedAt < renewalPause * 1000) return null;
        renewedAt = now();
        const renewed = await unlessAborted(refresh(refused), signal);
        return renewed === refused ? null : renewed;
      },
    }),
    clear() {
      const order = state.nextOrder();
      tabs.tell({ type: 'signed_out', order });
      state.signOut(order);
    },
    close: tabs.close,
  };
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
