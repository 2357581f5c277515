import type { AccountChangeKind } from '../../contract/mail.ts';
import type { MailDetails, MailTemplate } from './templates.ts';

const resetPassword = 'reset your password now, and look through your account for what else has changed';
const askOperator = (product: string) =>
  `ask whoever runs ${product} for help, since this address may no longer do for it`;

interface Change {
  readonly subject: (product: string) => string;
  readonly what: (product: string) => string;
  /** What to do about one that was not expected. @default - reset the password */
  readonly remedy?: (product: string) => string;
}

const changes: Record<AccountChangeKind, Change> = {
  'password-changed': {
    subject: (product) => `Your ${product} password was changed`,
    what: (product) => `The password of your ${product} account was changed.`,
  },
  'password-set': {
    subject: (product) => `An administrator set your ${product} password`,
    what: (product) =>
      `An administrator of ${product} set a new password for your account, and knows it. All sessions were ended. Choose a password of your own.`,
    remedy: askOperator,
  },
  'second-factor-enabled': {
    subject: (product) => `A second factor was turned on for your ${product} account`,
    what: (product) => `Signing in to your ${product} account asks for a second factor from now on.`,
    remedy: askOperator,
  },
  'second-factor-disabled': {
    subject: (product) => `The second factor of your ${product} account was turned off`,
    what: (product) => `Signing in to your ${product} account no longer asks for a second factor.`,
  },
  'backup-codes-replaced': {
    subject: (product) => `New backup codes for your ${product} account`,
    what: (product) => `The backup codes of your ${product} account were replaced. Former ones no longer work.`,
  },
  'passkey-added': {
    subject: (product) => `A passkey was added to your ${product} account`,
    what: (product) => `A new passkey signs in to your ${product} account from now on.`,
  },
  'passkey-removed': {
    subject: (product) => `A passkey was removed from your ${product} account`,
    what: (product) => `A passkey of your ${product} account no longer signs in.`,
  },
  'account-linked': {
    subject: (product) => `Another way to sign in to your ${product} account`,
    what: (product) =>
      `An account with another provider was linked to your ${product} account, and signs in to it from now on.`,
  },
  'account-unlinked': {
    subject: (product) => `A way to sign in to your ${product} account was removed`,
    what: (product) =>
      `A way to sign in to your ${product} account, such as an account with another provider, was removed.`,
  },
  'email-changed': {
    subject: (product) => `The e-mail address of your ${product} account was changed`,
    what: (product) => `Your ${product} account has another e-mail address now. Mail about it no longer comes here.`,
    remedy: askOperator,
  },
  'login-changed': {
    subject: (product) => `What you sign in to ${product} with was changed`,
    what: (product) => `The user name or telephone number of your ${product} account was changed.`,
  },
};

/** What happened, when and from where, and what to do about it. No link: one in such a mail is what phishing looks like. */
export const changeTemplates = Object.fromEntries(
  Object.entries(changes).map(([kind, { subject, what, remedy = () => resetPassword }]): [string, MailTemplate] => [
    kind,
    (product, details) => ({
      subject: subject(product),
      text: `${what(product)}${circumstances(details)}\n\nIf you did not expect this, ${remedy(product)}.\n`,
    }),
  ]),
) as Record<AccountChangeKind, MailTemplate>;

function circumstances({ at, network }: MailDetails): string {
  if (!at) return '';
  const when = `${at.slice(0, 10)} at ${at.slice(11, 16)} UTC`;
  return `\n\nThis was on ${when}${network ? `, from the network ${network}` : ''}.`;
}
