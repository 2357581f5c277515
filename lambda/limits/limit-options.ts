import type { RateLimitDecision, RateLimitRule } from './rate-limit.ts';

/**
 * What a limit counts by. `source`: the client's address, IPv6 by /64. `account`: the e-mail address, user name or telephone number
 * in the body. `user`: whose signed session cookie or bearer token came along. `route`: the endpoint, so that each path of a pattern
 * is counted apart. `header:<name>`: a request header. Where the request has no such thing the source stands in, so that there is
 * never one counter for all. Warning: by `account` or a header alone strangers can use up what is somebody else's, and a header that
 * clients choose gives a new counter with each value.
 */
export type KeyPart = 'source' | 'account' | 'user' | 'route' | `header:${string}`;

export interface Limit extends RateLimitRule {
  /** @default ['source'] */
  readonly key?: readonly KeyPart[];
  /** `failures`: a request is counted when it comes, and given back when it succeeds. @default 'requests' */
  readonly count?: 'requests' | 'failures';
  /** Its name in the header fields `RateLimit` and `RateLimit-Policy`. @default the key's parts without `route` */
  readonly name?: string;
  /** What a refused client is told. @default that of the options */
  readonly message?: string;
}

/** Limits that all count, or none. `false` leaves a path to the WAF alone. */
export type PathLimits = Limit | readonly Limit[] | false;

/** Decides for each request. @param current what would be in force without it */
export type LimitsOfRequest = (request: Request, current: PathLimits) => PathLimits | Promise<PathLimits>;

export type WhenUnavailable = 'refuse' | 'allow';

/** How often clients may ask: `limits` of the options. ASVS 5.0 6.3.1 and 2.4.1. */
export interface LimitOptions {
  /** All requests of a source to paths without limits of their own, together. @default { window: 60, max: 100 } */
  readonly default?: PathLimits;
  /**
   * By path below `/api/auth`; `*` stands for any characters. The first pattern that matches counts: yours in their order, then
   * Gatehouse's own, then those of Better Auth's plugins. Warning: `false` on a path where passwords or codes can be guessed is refused
   * in prod. @default Gatehouse's own, in lambda/limits/default-limits.ts
   */
  readonly paths?: Readonly<Record<string, PathLimits | LimitsOfRequest>>;
  /**
   * Mails of one kind to one address; more are dropped, and the answer does not tell. Warning: `false` lets anybody fill a mailbox.
   * @default { window: 3600, max: 3 }
   */
  readonly mail?: RateLimitRule | false;
  /** What a refused client is told. @default 'Too many requests. Please try again later.' */
  readonly message?: string;
  /** By what every `max` is multiplied for sources on the list of suspicious networks, from 0 to 1; at least 1 is left, but of 0. @default 0.1 */
  readonly suspiciousFactor?: number;
  /** By what every `max` is multiplied for sources in admin networks, at least 1. @default 10 */
  readonly adminFactor?: number;
  /**
   * Whether a request is answered while the rate-limit table cannot be reached, by path as in `paths`; a path that is not named is
   * refused with 503. Warning: with `allow` nothing limits that path then, and who can overload the table gets there on purpose;
   * refused in prod where passwords or codes can be guessed. @default 'allow' for session checks and for ending sessions
   */
  readonly whenUnavailable?: Readonly<Record<string, WhenUnavailable>>;
}

/** A limit as it was applied to a request. */
export interface AppliedLimit extends RateLimitRule, Omit<RateLimitDecision, 'remaining'> {
  readonly name: string;
  /** What the client is told when it was this one that refused. */
  readonly message: string;
  remaining: number;
  /** Of limits that count failures, until it has been called. */
  giveBack?: (() => Promise<void>) | undefined;
}
