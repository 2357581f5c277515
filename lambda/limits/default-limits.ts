import type { PathLimits, WhenUnavailable } from './limit-options.ts';

const minute = 60;
const hour = 3600;

/** A session's holder proves the password here: by user too, since a stolen session can be used from many addresses. */
const provesPassword: PathLimits = [
  { window: 10, max: 3, key: ['source', 'route'] },
  { window: hour, max: 20, key: ['user'] },
];

/** The order counts. */
export const defaultPaths: Readonly<Record<string, PathLimits>> = {
  // Asked on every page, and nothing can be guessed there: a session token has 192 random bits.
  '/get-session': false,
  // These succeed without proving anything: every request counts.
  '/sign-in/social': { window: minute, max: 100 },
  '/sign-in/oauth2': { window: minute, max: 100 },
  '/sign-in/magic-link': { window: minute, max: 5 },
  '/sign-in/anonymous': { window: hour, max: 10 },
  // Failures, so that hundreds of people behind one address can sign in.
  '/sign-in/*': { window: 5 * minute, max: 60, count: 'failures' },
  '/sign-up/*': { window: hour, max: 10 },
  '/request-password-reset': { window: hour, max: 20 },
  '/send-verification-email': { window: hour, max: 20 },
  '/reset-password': { window: hour, max: 20 },
  // By user too: a stolen session can be used from many addresses.
  '/change-password': [
    { window: 5 * minute, max: 20 },
    { window: 5 * minute, max: 20, key: ['user'] },
  ],
  '/change-email': { window: 5 * minute, max: 20 },
  '/two-factor/enable': provesPassword,
  '/two-factor/disable': provesPassword,
  '/two-factor/get-totp-uri': provesPassword,
  '/two-factor/generate-backup-codes': provesPassword,
  '/two-factor/*': { window: 10, max: 3, key: ['source', 'route'] },
};

/** What harms nobody when it is not limited for a while, and helps when an account is under attack. */
export const defaultWhenUnavailable: Readonly<Record<string, WhenUnavailable>> = {
  '/get-session': 'allow',
  '/list-sessions': 'allow',
  '/sign-out': 'allow',
  '/revoke-*': 'allow',
};
