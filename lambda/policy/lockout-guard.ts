import type { PasswordAttempt } from '../limits/lockout/password-attempt.ts';

/** Better Auth's two ways to spend time on a password. */
export interface PasswordFunctions {
  hash(password: string): Promise<string>;
  verify(input: { readonly hash: string; readonly password: string }): Promise<boolean>;
}

/** The guess of the request in hand. */
export interface Guess {
  /** Takes a place on arrival; never rejects. */
  readonly attempt: Promise<PasswordAttempt>;
  /** Takes as long as to read an account, of which only the name was looked up. */
  lookUp(): Promise<unknown>;
  /** The password is about to be looked at. False if it was before: what is hashed after it in the same request is no guess. */
  begin(): boolean;
  /** @returns whether the password may count as right */
  settle(right: boolean, attempt: PasswordAttempt): Promise<boolean>;
  /**
   * Once, unless it failed: the password was right, or nobody looked at it since the request was malformed, came from another site, or a
   * table was down.
   */
  giveBack(): void;
}

/**
 * Locks sign-in where the password is looked at: while an account is locked every password is a wrong one, so that Better Auth answers
 * as it answers those. The hash is computed in any case, and what the table takes to decide runs beside it.
 *
 * @param take the guess of this request, once; undefined where nobody signs in
 */
export function guardPasswords<T extends PasswordFunctions>(password: T, take: () => Guess | undefined): T {
  return {
    ...password,
    async verify(input) {
      const guess = take();
      if (!guess) return password.verify(input);
      const [right, attempt] = await Promise.all([password.verify(input), guess.attempt]);
      return guess.settle(right, attempt);
    },
    // Of an account that does not exist the password is hashed instead.
    async hash(plain) {
      const guess = take();
      if (!guess) return password.hash(plain);
      const hashed = guess.lookUp().then(() => password.hash(plain));
      const [hash, attempt] = await Promise.all([hashed, guess.attempt]);
      await guess.settle(false, attempt);
      return hash;
    },
  };
}
