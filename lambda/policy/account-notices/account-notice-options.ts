import type { AccountChangeKind } from '../../../contract/mail.ts';

/** A stored change to how a user signs in. */
export interface AccountChange {
  readonly kind: AccountChangeKind;
  readonly userId: string;
  /** Where the user is told: the address of before, also when that is what changed. */
  readonly email: string;
  readonly at: Date;
  /** As the gateway saw it. */
  readonly sourceIp: string;
  /** As sent: anybody can send any. */
  readonly userAgent: string | undefined;
  /** An administrator did it, for the user or under the user's identity. */
  readonly byAdministrator: boolean;
}

/** How users are told that a password, second factor, passkey, linked account or address of theirs was changed. ASVS 5.0 6.3.7. */
export interface AccountNoticeOptions {
  /**
   * Tell by mail, as often as `limits.mail` allows. Warning: `false` weakens, since whoever takes an account over does so unnoticed by
   * its owner, unless `onChange` tells in another way. @default true
   */
  readonly mail?: boolean;
  /**
   * Told of every change, however many there are. The answer waits for it and stays as it is; what it throws is on record as
   * `mail_failed`. @default - none
   */
  readonly onChange?: (change: AccountChange) => void | Promise<void>;
}
