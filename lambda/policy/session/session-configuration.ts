import type { BetterAuthOptions } from 'better-auth';
import { type SessionOptions, sessionPolicy } from './session-options.ts';

/** The part of the settings that Better Auth keeps by itself. */
export function sessionConfiguration(options?: SessionOptions): NonNullable<BetterAuthOptions['session']> {
  const { expiresIn, updateAge, freshAge, cookieCache } = sessionPolicy(options);
  return {
    expiresIn,
    updateAge,
    freshAge: freshAge === false ? 0 : freshAge,
    // Encrypted: the other strategies show everything about the user to whoever has the device.
    cookieCache: cookieCache === false ? { enabled: false } : { enabled: true, maxAge: cookieCache, strategy: 'jwe' },
  };
}
