import type { MailKind, MailMessage } from '../../contract/mail.ts';
import { changeTemplates } from './change-templates.ts';

export interface MailContent {
  readonly subject: string;
  readonly text: string;
}

export type MailDetails = Pick<MailMessage, 'url' | 'at' | 'network'>;

export type MailTemplate = (productName: string, details: MailDetails) => MailContent;

/** Plain text only: nothing to rewrite, track or render, and a link that can be read before it is followed. */
export const templates: Record<MailKind, MailTemplate> = {
  'verify-email': (product, { url }) => ({
    subject: `Confirm your e-mail address for ${product}`,
    text: `Someone signed up to ${product} with this address. If it was you, confirm it:\n\n${url}\n\nThe link works for one hour. If it was not you, ignore this message.\n`,
  }),
  'reset-password': (product, { url }) => ({
    subject: `Reset your ${product} password`,
    text: `Someone asked to reset the password of your ${product} account. If it was you, choose a new one:\n\n${url}\n\nThe link works for 15 minutes, once. If it was not you, ignore this message: your password stays as it is.\n`,
  }),
  'existing-account': (product) => ({
    subject: `You already have a ${product} account`,
    text: `Someone tried to sign up to ${product} with this address, which already has an account. If it was you, sign in, or reset your password if you forgot it. If it was not you, there is nothing to do: nobody learned that the account exists.\n`,
  }),
  'sign-in-locked': (product, { url }) => ({
    subject: `Sign-in to your ${product} account is locked in one place`,
    text: `Someone tried wrong passwords for your ${product} account, so sign-in from where they did is locked for a while. It ends by itself. If it was you, you can end it now:\n\n${url}\n\nThe link works once, until the lock ends. If it was not you, there is nothing to do: a device that you signed in with before is not affected by others.\n`,
  }),
  'account-locked': (product, { url }) => ({
    subject: `Sign-in to your ${product} account is locked for new devices`,
    text: `Someone tried wrong passwords for your ${product} account from many places, so sign-in from devices that you never signed in with is locked for a while. It ends by itself, and devices that you signed in with before are not affected. If you need to sign in on a new device, you can end it now:\n\n${url}\n\nThe link works once, until the lock ends. Use a password that you have nowhere else.\n`,
  }),
  'failed-sign-ins': (product) => ({
    subject: `Wrong passwords for your ${product} account`,
    text: `Someone tried several wrong passwords for your ${product} account within a few minutes. If it was you, there is nothing to do. If it was not you, your password has held so far: make sure that you have it nowhere else, and turn on a second factor.\n`,
  }),
  'new-sign-in': (product) => ({
    subject: `New sign-in to your ${product} account`,
    text: `Someone just signed in to your ${product} account from a network or with a browser that you did not use in the last weeks. If it was you, there is nothing to do. If it was not you, change your password now and sign out everywhere else.\n`,
  }),
  'sign-in-blocked': (product) => ({
    subject: `A sign-in to your ${product} account was stopped`,
    text: `Someone with your password, or with another way in of yours, tried to sign in to your ${product} account from a network or with a browser that you did not use in the last weeks, and was stopped. If it was you, try again from where you usually sign in. If it was not you, change your password now.\n`,
  }),
  'session-reused': (product) => ({
    subject: `Someone used an ended session of your ${product} account`,
    text: `Someone just tried to go on with a session of your ${product} account that had ended before, and was not let in. Software of your own may keep what it should have forgotten; otherwise someone has a copy of what your browser keeps. Look for unknown programs and browser extensions on your devices, change your password and sign out everywhere.\n`,
  }),
  'reset-by-administrator': (product, { url }) => ({
    subject: `Choose a new ${product} password`,
    text: `An administrator of ${product} asks you to choose a new password. Nobody else learns it:\n\n${url}\n\nThe link works for 15 minutes, once. If you do not know why you got this message, ask whoever runs ${product} in a way that you know already.\n`,
  }),
  ...changeTemplates,
};
