import { secureUrlProblem } from '../contract/secure-url.ts';
import { OptionError } from '../verify/option-error.ts';

/** What is asked of a storage; `sessionStorage` and `localStorage` are ones. */
export type TokenStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/**
 * `session_ended`: the auth server says that there is no session. `other_tab`: another tab, or another manager of this page,
 * signed out.
 */
export type SignedOutReason = 'session_ended' | 'other_tab';

/** Where the tokens come from and where they are kept. */
export interface TokenManagerOptions {
  /** Gatehouse's base URL, without `/api/auth` and a trailing slash. https, or http on the loopback. */
  readonly baseURL: string;
  /** The `aud` to ask for. @default - the auth server's default audience */
  readonly audience?: string;
  /**
   * Origins, such as `https://api.example.com`, to which `fetchWithToken` sends the token. https, or http on the loopback.
   * @default - none
   */
  readonly resourceOrigins?: readonly string[];
  /** Seconds before its end at which a token is renewed. @default 60 */
  readonly skew?: number;
  /** Seconds for the auth server to answer. @default 10 */
  readonly timeout?: number;
  /**
   * Keeps the token between page loads. **A warning**: what is stored can be read by every script of the origin, as long as it lies
   * there; one injected script, once, is enough to carry tokens away. In memory a token is gone with the page, and a new one costs
   * one request. If it has to be, take `sessionStorage`. Sign-out removes the tokens for all audiences, and none that was
   * asked for before it is taken from this storage again. Out of reach is the `sessionStorage` of another tab that has no manager at
   * that moment: what lies there can be used until it expires.
   * @default - memory only
   */
  readonly storage?: TokenStorage;
  /**
   * Called when the user turns out to be signed out, once until there is a token again. What it throws is ignored.
   * @default - nobody is told
   */
  readonly onSignedOut?: (reason: SignedOutReason) => void;
  /** @default - the browser's own */
  readonly fetch?: typeof globalThis.fetch;
  /** @default - the system clock */
  readonly now?: () => Date;
}

export type TokenManagerSettings = ReturnType<typeof readOptions>;

/** Fills in the defaults. Throws `OptionError`. */
export function readOptions(options: TokenManagerOptions) {
  const { baseURL, audience, resourceOrigins = [] } = options;
  const problem = secureUrlProblem(baseURL);
  if (problem) throw new OptionError('baseURL', problem);
  if (baseURL.endsWith('/') || /\/api\/auth(\/|$)/.test(baseURL)) {
    throw new OptionError('baseURL', `is '${baseURL}'; it must not end with a slash or contain '/api/auth'`);
  }
  for (const origin of resourceOrigins) {
    const wrong = secureUrlProblem(origin);
    if (wrong) throw new OptionError('resourceOrigins', wrong);
    const normal = new URL(origin).origin;
    if (origin !== normal) throw new OptionError('resourceOrigins', `has '${origin}'; write '${normal}'`);
  }
  if (audience !== undefined && (typeof audience !== 'string' || audience === '')) {
    throw new OptionError('audience', 'must be a string that is not empty');
  }
  return {
    baseURL,
    audience,
    resourceOrigins: [...resourceOrigins],
    skew: seconds('skew', options.skew ?? 60, { min: 0, max: 3600 }),
    timeout: seconds('timeout', options.timeout ?? 10, { min: 1, max: 60 }),
    storage: options.storage,
    onSignedOut: options.onSignedOut,
    fetch: options.fetch ?? ownFetch,
    now: () => (options.now?.() ?? new Date()).getTime(),
  } satisfies Record<keyof TokenManagerOptions, unknown>;
}

/** Looked up with each call, and called without a receiver, as browsers insist on. */
const ownFetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request);

function seconds(option: string, value: unknown, { min, max }: { min: number; max: number }): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new OptionError(option, `is ${String(value)}; allowed are ${min} to ${max} seconds`);
}
