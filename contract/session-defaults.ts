const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** What is in force where `AuthOptions.sessions` says nothing. Seconds, unless a name says otherwise. */
export const sessionDefaults = {
  expiresIn: 7 * day,
  updateAge: day,
  absoluteLifetime: 30 * day,
  freshAge: day,
  idleTimeout: false,
  maxPerUser: 5,
  whenFull: 'end-oldest',
  bindToNetwork: false,
  bindToUserAgent: false,
  cookieCache: false,
} as const;

/** Seconds that a session may go unused, once the idle timeout is turned on by `true`. */
export const usualIdleTimeout = 30 * minute;
