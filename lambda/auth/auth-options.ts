import type { BetterAuthOptions } from 'better-auth';
import type { TokenClaims } from '../tokens/token-claims.ts';

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
  /** Claims that tokens carry beside `sub`, `email` and `role`; they can also replace the last two. @default - none */
  readonly tokenClaims?: TokenClaims;
  /**
   * For a deployment whose tokens come from an OAuth provider plugin: `/token` is switched off, so that no token is had without
   * a grant. (The header `set-auth-jwt` is off always.) @default - false
   */
  readonly oauthProviderMode?: boolean;
};
