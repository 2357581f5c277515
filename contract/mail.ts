/** What the auth function queues and the mailer sends. One template a kind. */
export const mailKinds = ['verify-email', 'reset-password', 'existing-account'] as const;
export type MailKind = (typeof mailKinds)[number];

/** The body of a queue message, as JSON. `url` carries a token: the queue is encrypted and keeps messages briefly. */
export interface MailMessage {
  readonly kind: MailKind;
  readonly to: string;
  /** The link to follow, for kinds that have one. */
  readonly url?: string;
}
