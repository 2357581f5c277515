/** How Gatehouse's second factor behaves. The plugin itself is always there; a user without a second factor does not notice it. */
export interface SecondFactorOptions {
  /**
   * Wrong codes in a row, over all sign-ins and kinds of code, after which no code of the user is looked at for a while. More makes
   * guessing easier; NIST SP 800-63B-4 section 3.2.2 allows 100 at most. ASVS 5.0 6.6.3. @default 10
   */
  readonly maxAttempts?: number;
  /** Minutes that the lock holds, counted from the last code. Fewer make guessing easier. @default 15 */
  readonly lockoutMinutes?: number;
  /** Minutes from the first factor to the second one. ASVS 5.0 6.5.5 allows 10 at most. @default 5 */
  readonly challengeMinutes?: number;
  /** Backup codes of a user. @default 10 */
  readonly backupCodes?: number;
  /**
   * Days that a device is not asked again, once its user said so; counted from then, whatever the device does. 0 trusts none.
   * More makes a stolen device dangerous for longer. @default 30
   */
  readonly trustedDeviceDays?: number;
  /**
   * Paths of sign-ins after which no second factor is asked for, as Better Auth names its routes, such as `/magic-link/verify`.
   * It makes the second factor worth nothing to whoever controls that way in. Passkeys with user verification need no exemption:
   * they are two factors (NIST SP 800-63B-4 section 3.1.7). @default []
   */
  readonly exemptSignIns?: readonly string[];
}
