/** Changes to how a user signs in, of which the user is told (ASVS 5.0 6.3.7). */
export const accountChanges = [
  'password-changed',
  'password-set',
  'second-factor-enabled',
  'second-factor-disabled',
  'backup-codes-replaced',
  'passkey-added',
  'passkey-removed',
  'account-linked',
  'account-unlinked',
  'email-changed',
  'login-changed',
] as const;
export type AccountChangeKind = (typeof accountChanges)[number];

/** What the auth function queues and the mailer sends. One template a kind. */
export const mailKinds = [
  'verify-email',
  'reset-password',
  'existing-account',
  'sign-in-locked',
  'account-locked',
  'failed-sign-ins',
  'new-sign-in',
  'sign-in-blocked',
  'session-reused',
  'reset-by-administrator',
  ...accountChanges,
] as const;
export type MailKind = (typeof mailKinds)[number];

/** The body of a queue message, as JSON. `url` carries a token: the queue is encrypted and keeps messages briefly. */
export interface MailMessage {
  readonly kind: MailKind;
  readonly to: string;
  /** The link to follow, for kinds that have one. */
  readonly url?: string;
  /** When it happened, as ISO 8601 in UTC, for kinds that tell of a change. */
  readonly at?: string;
  /** The network that the change was asked for from, such as `203.0.113.0/24`. Absent where an administrator asked. */
  readonly network?: string;
  /**
   * Nobody has an account with this address: the message is queued so that the answer takes as long as for one who has, and the
   * mailer drops it.
   */
  readonly discard?: true;
}
