/** Why something is suspicious. On record as the `status_code` of `suspicious_activity`. */
export type SuspicionReason =
  /** Too many wrong passwords for one account, over all sources. */
  | 'FAILED_SIGN_INS'
  /** A sign-in from a network that the user was not seen in lately, on a device that is not known. */
  | 'NEW_NETWORK'
  /** A sign-in from a known network with a browser that the user was not seen with lately, on a device that is not known. */
  | 'NEW_DEVICE'
  /** The cookie or bearer token of a session that its user had signed out. */
  | 'SIGNED_OUT_SESSION_USED'
  /** The cookie or bearer token of a session that was revoked, from elsewhere than its own device. */
  | 'REVOKED_SESSION_USED';

export interface SuspiciousActivity {
  /** `DETECTION_UNAVAILABLE`: the table cannot be reached, so nobody knows whether the sign-in is suspicious. */
  readonly reason: SuspicionReason | 'DETECTION_UNAVAILABLE';
  /** Absent where a sign-in names nobody who has an account. */
  readonly userId: string | undefined;
  /** As the gateway saw it. */
  readonly sourceIp: string;
  /** As sent: anybody can send any. */
  readonly userAgent: string | undefined;
  /** Below the base URL. */
  readonly path: string;
}

/**
 * `block` refuses the sign-in with 403 SIGN_IN_BLOCKED. `step-up` asks for the second factor even of a trusted device and of exempt ways
 * in; a user who has none is refused with 403 STEP_UP_REQUIRED.
 */
export type Verdict = 'allow' | 'step-up' | 'block';

/** What is noticed and told to users, see docs/detection.md. Durations are in seconds. ASVS 5.0 6.3.5. */
export interface DetectionOptions {
  /** `false` weakens: a stolen password or cookie is used unnoticed. @default true */
  readonly enabled?: boolean;
  /** Wrong passwords for one account that are told, over all sources. More weaken. Needs the lockout, which counts them. @default 5 */
  readonly failures?: number;
  /** Within how long they count together; they are told once in that time. Less weakens. @default 900 (15 minutes) */
  readonly failureWindow?: number;
  /**
   * How long a network or browser stays known without a sign-in, and how long a session that ended is remembered. More weakens.
   * @default 2592000 (30 days)
   */
  readonly memory?: number;
  /** Tell the user by mail, as often as `limits.mail` allows. `false` weakens: it is on record only. @default true */
  readonly mail?: boolean;
  /**
   * Asked before a suspicious sign-in gets its session, and told of everything else, where the answer does not count. A sign-in waits
   * for it; what it throws refuses the sign-in. It is also asked with `DETECTION_UNAVAILABLE`, so that it decides what an outage
   * means. @default - every sign-in is allowed
   */
  readonly onSuspicious?: (activity: SuspiciousActivity) => Verdict | undefined | Promise<Verdict | undefined>;
}
