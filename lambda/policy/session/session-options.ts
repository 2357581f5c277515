import { sessionDefaults, usualIdleTimeout } from '../../../contract/session-defaults.ts';

/** How long sessions last, and how many a user has. All times are in seconds. */
export interface SessionOptions {
  /** How long a session lasts that is not used. At least 300, at most `absoluteLifetime`. @default 604800 - 7 days */
  readonly expiresIn?: number;
  /** A session that is used this long after it was last extended is extended to `expiresIn` again. @default 86400 - 1 day */
  readonly updateAge?: number;
  /**
   * How long a session lasts however much it is used: no extension goes past it (ASVS 5.0 7.3.2). Lowering it ends older sessions at
   * once. @default 2592000 - 30 days (NIST SP 800-63B-4 section 2.1.3)
   */
  readonly absoluteLifetime?: number;
  /**
   * How long after signing in a session may do what needs a fresh one, such as to list the sessions. `false` weakens: any session
   * may. @default 86400 - 1 day
   */
  readonly freshAge?: number | false;
  /**
   * How long a session may go unused (ASVS 5.0 7.3.1); `true` is 30 minutes. Use is written down once in a sixth of it, so a session
   * ends at most a sixth early, and never late. @default false
   */
  readonly idleTimeout?: number | boolean;
  /**
   * How many sessions a user may have at a time, from 1 to 50. An administrator's impersonation is not counted. `false` weakens: any
   * number. @default 5
   */
  readonly maxPerUser?: number | false;
  /**
   * Who yields when a user has `maxPerUser` sessions and signs in: the session that was seen least recently, or the new one, with
   * 403 TOO_MANY_SESSIONS. @default 'end-oldest'
   */
  readonly whenFull?: 'end-oldest' | 'refuse';
  /**
   * End a session that is used from another network: other first 24 bits of an IPv4 address, other first 48 of an IPv6 address.
   * Phones change networks all day. @default false
   */
  readonly bindToNetwork?: boolean;
  /** End a session that is used with another `User-Agent` header. Browsers change theirs with each update. @default false */
  readonly bindToUserAgent?: boolean;
  /**
   * How long an encrypted cookie stands for a look at the table, 60 at most. It weakens: for so long a session that was revoked goes
   * on where it was used, and idle timeout and binding are not looked at. @default false
   */
  readonly cookieCache?: number | false;
}

/** Every setting, with its value. */
export interface SessionPolicy extends Required<SessionOptions> {
  readonly idleTimeout: number | false;
}

export function sessionPolicy(options: SessionOptions = {}): SessionPolicy {
  const policy = { ...sessionDefaults, ...options };
  return { ...policy, idleTimeout: policy.idleTimeout === true ? usualIdleTimeout : policy.idleTimeout };
}
