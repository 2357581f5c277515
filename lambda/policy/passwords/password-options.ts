import type { CharacterClass, PasswordPreset } from '../../../contract/password-defaults.ts';
import type { ScryptCost } from '../../../contract/scrypt-cost.ts';

/** Which passwords are accepted, and how they are kept. */
export interface PasswordOptions {
  /**
   * Where the next settings start from: `nist` asks for 15 characters and forbids `classes` (NIST SP 800-63B-4 section 3.1.1.2).
   *
   * @default 'default'
   */
  readonly preset?: PasswordPreset;
  /**
   * The fewest Unicode code points of a new password; 8 at least (ASVS 5.0 6.2.1). Below the default is weaker.
   *
   * @default 12; 15 with preset 'nist'
   */
  readonly minLength?: number;
  /** The most Unicode code points of a password; 64 at least (ASVS 5.0 6.2.9). @default 128 */
  readonly maxLength?: number;
  /** Classes of which a new password needs a character each. Standards advise against them (ASVS 5.0 6.2.5). @default - none */
  readonly classes?: readonly CharacterClass[];
  /**
   * The least strength of a new password as zxcvbn rates it, from 0 (among the first 1,000 guesses) to 4 (beyond 10^10). The user's own
   * e-mail address and name, and the product's name, count as words that an attacker tries first. Below 3 is weaker; below 2 the
   * most common passwords pass (ASVS 5.0 6.2.4), which is refused in prod.
   *
   * @default 3
   */
  readonly minStrength?: number;
  /** More words that an attacker would try first: the names of your company and products (ASVS 5.0 6.2.11). @default - none */
  readonly penalisedWords?: readonly string[];
  /**
   * The cost of scrypt. Weaker than every set in OWASP's Password Storage Cheat Sheet is refused in prod. Hashes of a lower cost are
   * upgraded when their owners sign in.
   *
   * @default { N: 2 ** 15, r: 8, p: 3 } - 32 MiB a hash
   */
  readonly cost?: ScryptCost;
  /** Another way to hash, instead of scrypt with `cost`. Its strength is yours to show; it excludes the pepper. @default - scrypt */
  readonly hasher?: PasswordHasher;
  /**
   * Look new passwords up among those known from breaches (ASVS 5.0 6.2.12). Off, such passwords are accepted if they are strong
   * otherwise.
   *
   * @default false - no request leaves for a third party unless you decide so
   */
  readonly breachCheck?: false | BreachCheckOptions;
  /**
   * Open `/admin/set-user-password`. Warning: an administrator then chooses, and so knows, a user's password, and can sign in as the
   * user without a trace of it. `/admin/send-password-reset` has the user choose instead (ASVS 5.0 6.4.6).
   *
   * @default false
   */
  readonly setByAdministrators?: boolean;
}

export interface PasswordHasher {
  /** A string that says itself how to verify it. Each call salts anew. */
  hash(password: string): Promise<string>;
  /** Compares in constant time. */
  verify(input: { readonly password: string; readonly hash: string }): Promise<boolean>;
  /** Whether a hash that verified should be replaced. @default - never */
  needsRehash?(hash: string): boolean | Promise<boolean>;
}

/** Have I Been Pwned's range API, https://haveibeenpwned.com/API/v3#PwnedPasswords: it learns 5 of 40 hex digits of a SHA-1 hash. */
export interface BreachCheckOptions {
  /** While the service does not answer: accept the password unchecked, or answer 503. Either is an audit event. */
  readonly onUnavailable: 'allow' | 'deny';
  /** Where ranges are; `/<5 hex digits>` is added. It can be a mirror of yours. @default 'https://api.pwnedpasswords.com/range' */
  readonly endpoint?: string;
  /** Milliseconds until the service counts as unavailable. @default 1000 */
  readonly timeout?: number;
}
