import type { BetterAuthOptions } from 'better-auth';

/**
 * What a fork may set. Everything else — secret, base URL, storage, cookies, limits, origin checks — is Gatehouse's to set
 * right, and is left out of the type on purpose.
 */
export type AuthOptions = Pick<
  BetterAuthOptions,
  'appName' | 'socialProviders' | 'plugins' | 'user' | 'databaseHooks' | 'hooks' | 'disabledPaths'
> & {
  /** Origins beside those of the configuration. */
  readonly trustedOrigins?: readonly string[];
};
