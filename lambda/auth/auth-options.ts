import type { BetterAuthOptions } from 'better-auth';
import type { CookieOptions } from '../../contract/cookie-options.ts';
import type { AuditOptions } from '../audit/audit-options.ts';
import type { DetectionOptions } from '../audit/detection/detection-options.ts';
import type { LimitOptions } from '../limits/limit-options.ts';
import type { LockoutOptions } from '../limits/lockout/lockout-options.ts';
import type { AccountNoticeOptions } from '../policy/account-notices/account-notice-options.ts';
import type { CsrfOptions } from '../policy/csrf-options.ts';
import type { SocialSignInOptions } from '../policy/oauth-options.ts';
import type { OriginFunction } from '../policy/origin-options.ts';
import type { PasswordOptions } from '../policy/passwords/password-options.ts';
import type { ProviderOptions, ResolvedProviders } from '../policy/provider-options.ts';
import type { SessionOptions } from '../policy/session/session-options.ts';
import type { SecondFactorOptions } from '../policy/two-factor-options.ts';
import type { SecretOptions } from '../secrets/secret-options.ts';
import type { TokenClaims } from '../tokens/token-claims.ts';

/**
 * What a fork may set; what would be dangerous is refused at synth and at init. Everything else — base URL, storage, the checks
 * themselves — is Gatehouse's to set right, and is left out of the type on purpose.
 */
export type AuthOptions = Pick<BetterAuthOptions, 'appName' | 'user' | 'databaseHooks' | 'hooks' | 'disabledPaths'> &
  ProviderOptions & {
    /** Origins beside those of the configuration; a function finds those of a tenant. @default none */
    readonly trustedOrigins?: readonly string[] | OriginFunction;
    /** Names, attributes and reach of cookies. @default `__Host-` cookies for this host, Lax */
    readonly cookies?: CookieOptions;
    /** Defences against forged requests beside the origin check. */
    readonly csrf?: CsrfOptions;
    /** Claims that tokens carry beside `sub`, `email` and `role`; they can also replace the last two. @default - none */
    readonly tokenClaims?: TokenClaims;
    /**
     * For a deployment whose tokens come from an OAuth provider plugin: `/token` is switched off, so that no token is had without
     * a grant. (The header `set-auth-jwt` is off always.) @default - false
     */
    readonly oauthProviderMode?: boolean;
    /** Which passwords are accepted, and how they are kept. */
    readonly passwords?: PasswordOptions;
    /** How often clients may ask. */
    readonly limits?: LimitOptions;
    /** When guessing at a password locks sign-in. */
    readonly lockout?: LockoutOptions;
    /** Whose accounts of social providers are whose. */
    readonly socialSignIn?: SocialSignInOptions;
    /** How long sessions last, and how many a user has. */
    readonly sessions?: SessionOptions;
    /** Rotation of Better Auth's secret. */
    readonly secrets?: SecretOptions;
    /** What audit events tell of people. */
    readonly audit?: AuditOptions;
    /** What is noticed as suspicious, and told to users. */
    readonly detection?: DetectionOptions;
    /** How users are told that what they sign in with was changed. */
    readonly accountNotices?: AccountNoticeOptions;
    /** The second factor. */
    readonly secondFactor?: SecondFactorOptions;
  };

/** The same with the client secrets in it. */
export type ResolvedOptions = Omit<AuthOptions, keyof ProviderOptions> & ResolvedProviders;
