/**
 * When guessing at a password locks sign-in. A locked sign-in answers like a wrong password. Durations are in seconds.
 * NIST SP 800-63B-4 section 3.2.2; ASVS 5.0 6.3.1; OWASP, Slow Down Online Guessing Attacks with Device Cookies.
 */
export interface LockoutOptions {
  /**
   * false: nothing is ever locked, and only the rate limit of a source stands between a botnet and a password. Dangerous.
   * @default true
   */
  readonly enabled?: boolean;
  /** Failures after which an account is locked for one source, or one known device. More make guessing easier. @default 5 */
  readonly maxFailures?: number;
  /** Within how long these failures count together. Shorter makes guessing easier. @default 900 (15 minutes) */
  readonly window?: number;
  /** How long the first such lock holds; each further one holds twice as long. Shorter makes guessing easier. @default 900 */
  readonly duration?: number;
  /** Where the doubling ends. Shorter makes guessing easier. @default 86400 (24 hours) */
  readonly maxDuration?: number;
  /** After how long without a failure the doubling starts again. Shorter makes guessing easier. @default 86400 */
  readonly resetAfter?: number;
  /**
   * Failures from unknown devices, over all sources, after which the account is locked for unknown devices. NIST SP 800-63B-4 allows
   * 100 at most. @default 100
   */
  readonly accountMaxFailures?: number;
  /** Within how long these failures count together. Shorter makes guessing easier. @default 86400 */
  readonly accountWindow?: number;
  /** How long the account is locked for unknown devices. Shorter makes guessing easier. @default 86400 */
  readonly accountDuration?: number;
  /** How long a device stays known after a sign-in. Longer makes a stolen device cookie worth more. @default 15552000 (180 days) */
  readonly deviceLifetime?: number;
}
