export type SameSite = 'strict' | 'lax' | 'none';
export type CookiePriority = 'low' | 'medium' | 'high';

/** What every cookie may have of its own. */
export interface CookieOverride {
  /** What follows `__Host-` or `__Secure-`. @default `<prefix>.<cookie>` */
  readonly name?: string;
  /** @default that of all cookies; `lax` for `state` and `oauth_state`, which come back from a provider's site */
  readonly sameSite?: SameSite;
  /** A cookie with a path other than `/` is called `__Secure-…`. @default that of all cookies */
  readonly path?: string;
  /** Seconds that the browser keeps it; what stands behind it on the server may end earlier. @default Better Auth's */
  readonly maxAge?: number;
  /** Which cookies Chromium drops last when a site has too many. @default that of all cookies */
  readonly priority?: CookiePriority;
}

/**
 * How cookies are named, and where browsers send them. All of them are Secure and HttpOnly whatever is set here (ASVS 5.0 3.3.1 to
 * 3.3.4; RFC 6265bis sections 4.1.2 and 4.1.3).
 */
export interface CookieOptions {
  /** What every name begins with, after `__Host-` or `__Secure-`: `__Host-auth.session_token`. @default 'auth' */
  readonly prefix?: string;
  /**
   * Whether names begin with `__Host-`: browsers then take the cookie from this one host only, with `Secure` and `Path=/`.
   * **false weakens**: a host beside this one could plant cookies that look like these. @default true, unless `domain` or `path` is set
   */
  readonly hostPrefix?: boolean;
  /**
   * Share the cookies with every host of this domain, as `__Secure-…` cookies. **It weakens**: each of these hosts, also one that
   * others took over, gets the session, and can plant one. @default none: one host
   */
  readonly domain?: string;
  /** @default '/' */
  readonly path?: string;
  /**
   * `strict`: not even sent when a link from elsewhere leads here. `none`: sent from other sites' pages too, and refused unless trusted
   * origins are set. **`none` weakens**: the origin check alone is left against forged requests. @default 'lax'
   */
  readonly sameSite?: SameSite;
  /** Keep the cookies of each embedding site apart (CHIPS); for `none` only. @default true with `none` */
  readonly partitioned?: boolean;
  /** @default none sent, which browsers take as `medium` */
  readonly priority?: CookiePriority;
  /** By cookie: `session_token`, `dont_remember`, `two_factor`, `trusted_device`, `state`, `admin_session`, `csrf`, or a plugin's. */
  readonly byName?: Readonly<Record<string, CookieOverride>>;
}

/** Cookies that a provider's site redirects back with: with `strict` they never arrive. */
export const fromProviders = ['state', 'oauth_state'];

/** The path of a cookie. */
export const cookiePath = (options: CookieOptions, cookie?: string): string =>
  (cookie === undefined ? undefined : options.byName?.[cookie]?.path) ?? options.path ?? '/';

export function cookieSameSite(options: CookieOptions, cookie: string): SameSite {
  const own = options.byName?.[cookie]?.sameSite;
  if (own) return own;
  const all = options.sameSite ?? 'lax';
  return all === 'strict' && fromProviders.includes(cookie) ? 'lax' : all;
}

/** The name of a cookie, `__Host-` where the browser can hold it to one host, else `__Secure-`. */
export function cookieName(options: CookieOptions, cookie: string): string {
  const oneHost = options.domain === undefined && cookiePath(options, cookie) === '/' && options.hostPrefix !== false;
  const name = options.byName?.[cookie]?.name ?? `${options.prefix ?? 'auth'}.${cookie}`;
  return `${oneHost ? '__Host-' : '__Secure-'}${name}`;
}
