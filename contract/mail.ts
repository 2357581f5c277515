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
] as const;
export type MailKind = (typeof mailKinds)[number];

/** The body of a queue message, as JSON. `url` carries a token: the queue is encrypted and keeps messages briefly. */
export interface MailMessage {
  readonly kind: MailKind;
  readonly to: string;
  /** The link to follow, for kinds that have one. */
  readonly url?: string;
  /**
   * Nobody has an account with this address: the message is queued so that the answer takes as long as for one who has, and the
   * mailer drops it.
   */
  readonly discard?: true;
}
