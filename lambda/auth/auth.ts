import type { BetterAuthOptions } from 'better-auth';
import { betterAuth } from 'better-auth/minimal';
import { admin, twoFactor } from 'better-auth/plugins';
import type { MailMessage } from '../../contract/mail.ts';
import { clientIpHeader, routes } from '../../contract/routes.ts';
import { trustedOriginProblems } from '../../contract/settings.ts';
import { logger } from '../audit/audit-log.ts';
import { auditPlugin, nameSubject } from '../audit/audit-plugin.ts';
import { recordFailure, requestContext } from '../gateway/request-context.ts';
import { dynamodbAdapter } from '../identity/index.ts';
import { dynamodbRateLimit, type RateLimit } from '../limits/rate-limit.ts';
import { defaultRateLimit, mailRateLimit, rateLimitRules } from '../limits/rate-limit-rules.ts';
import { routeOfPath } from '../limits/route-of-path.ts';
import { mailQueue } from '../mailer/queue-mail.ts';
import { adminPasswordsPlugin } from '../policy/admin-passwords.ts';
import { concealUnverifiedPlugin } from '../policy/conceal-unverified.ts';
import { hashPassword, verifyPassword } from '../policy/password-hash.ts';
import { sessionTokenPlugin } from '../policy/session-token.ts';
import { signedBearerPlugin } from '../policy/signed-bearer.ts';
import { jwtPlugin } from '../tokens/jwt-plugin.ts';
import type { KeySet } from '../tokens/key-set.ts';
import { createTokenAudiences } from '../tokens/token-audiences.ts';
import type { AuthOptions } from './auth-options.ts';
import type { Clients } from './clients.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { AuthEnvironment } from './environment.ts';

export interface AuthDependencies {
  readonly environment: AuthEnvironment;
  readonly clients: Clients;
  readonly keySet: KeySet;
  /** Better Auth's secret: signs cookies, encrypts second-factor secrets and provider tokens. */
  readonly secret: string;
  readonly options: AuthOptions;
  /** @default the system clock */
  readonly now?: () => Date;
  /** Where identities are. @default the adapter on the identity table */
  readonly database?: BetterAuthOptions['database'];
}

export type Auth = ReturnType<typeof createAuth>;

/** The one place where Better Auth is configured. Its defaults suit a server with one process; these suit Lambda and attack. */
export function createAuth(dependencies: AuthDependencies) {
  const { environment, clients, keySet, secret, options, now } = dependencies;
  const { plugins = [], trustedOrigins = [], disabledPaths = [], tokenClaims, oauthProviderMode, ...custom } = options;
  const [problem] = trustedOriginProblems(trustedOrigins, environment.stage);
  if (problem) throw new ConfigurationError(problem.message);
  const rateLimit = dynamodbRateLimit({ client: clients.dynamodb, tableName: environment.rateLimitTable, now });
  const sendMail = mailSender(dependencies, rateLimit);
  const endpoints: string[] = [];
  const auth = betterAuth({
    ...custom,
    // A signed-in client could try passwords here by the hundred.
    disabledPaths: ['/verify-password', ...(oauthProviderMode ? ['/token'] : []), ...disabledPaths],
    baseURL: environment.baseUrl + routes.authBase,
    secret,
    trustedOrigins: [...environment.trustedOrigins, ...trustedOrigins],
    database:
      dependencies.database ??
      dynamodbAdapter({
        client: clients.dynamodb,
        tableName: environment.identityTable,
        now,
        onFailure: (error) => recordFailure('STORE_UNAVAILABLE', error),
      }),
    emailAndPassword: {
      enabled: true,
      // Also what makes a sign-up for a known address answer like any other.
      requireEmailVerification: true,
      minPasswordLength: 12,
      maxPasswordLength: 128,
      password: { hash: hashPassword, verify: verifyPassword },
      resetPasswordTokenExpiresIn: 15 * 60,
      revokeSessionsOnPasswordReset: true,
      onPasswordReset: async ({ user }) => nameSubject(user.id),
      sendResetPassword: ({ user, url }) => sendMail({ kind: 'reset-password', to: user.email, url }),
      // Field by field what a new user looks like, so that the answer for a known address cannot be told apart.
      customSyntheticUser: ({ coreFields, additionalFields, id }) => ({
        ...coreFields,
        twoFactorEnabled: false,
        role: 'user',
        banned: false,
        banReason: null,
        banExpires: null,
        ...additionalFields,
        id,
      }),
      onExistingUserSignUp: ({ user }) => sendMail({ kind: 'existing-account', to: user.email }),
    },
    emailVerification: {
      sendOnSignUp: true,
      // A stranger who signed up with your address could have mail sent to you by the hundred.
      sendOnSignIn: false,
      expiresIn: 3600,
      sendVerificationEmail: ({ user, url }) => sendMail({ kind: 'verify-email', to: user.email, url }),
    },
    session: { expiresIn: 7 * 24 * 3600, updateAge: 24 * 3600, cookieCache: { enabled: false } },
    // Clean-up would search the table in the request; expired rows are ignored on reading and removed by time to live.
    verification: { disableCleanup: true, storeIdentifier: 'hashed' },
    account: { encryptOAuthTokens: true },
    rateLimit: {
      enabled: true,
      ...defaultRateLimit,
      customRules: rateLimitRules,
      customStorage: rateLimitStorage(rateLimit, endpoints),
    },
    plugins: [
      sessionTokenPlugin(),
      jwtPlugin({
        issuer: environment.baseUrl,
        audiences: createTokenAudiences(environment.tokenAudience, environment.audienceAlgorithms),
        keySet,
        kms: clients.kms,
        claims: tokenClaims,
        now,
      }),
      signedBearerPlugin(),
      twoFactor({
        issuer: custom.appName,
        twoFactorCookieMaxAge: 5 * 60,
        otpOptions: { storeOTP: 'hashed' },
        accountLockout: { enabled: true, maxFailedAttempts: 10, durationSeconds: 15 * 60 },
      }),
      admin(),
      adminPasswordsPlugin(),
      concealUnverifiedPlugin(),
      ...plugins,
      auditPlugin(),
    ],
    advanced: {
      // Better Auth would put its own prefix before `__Host-`; Secure is set below all the same.
      useSecureCookies: false,
      cookiePrefix: '__Host-auth',
      defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [clientIpHeader], ipv6Subnet: 64 },
      trustedProxyHeaders: false,
      disableCSRFCheck: false,
      disableOriginCheck: false,
      database: { joins: true, validateSchema: false },
      backgroundTasks: { handler: runInBackground },
    },
    // Thrown to the gateway, which answers in one shape; else the router prints the stack itself.
    onAPIError: { throw: true },
    logger: { level: 'warn', log: logLine },
    telemetry: { enabled: false },
    experimental: { instrumentation: { enabled: false } },
  } satisfies BetterAuthOptions);
  // Known only now, plugins' own included.
  endpoints.push(...pathsOf(auth.api));
  return auth;
}

function rateLimitStorage(rateLimit: RateLimit, endpoints: readonly string[]) {
  let routeOf: ReturnType<typeof routeOfPath> | undefined;
  return {
    /** @param key `<address>|<path>` */
    async consume(key: string, rule: { window: number; max: number }) {
      routeOf ??= routeOfPath(endpoints);
      const [address = '', path = ''] = key.split(/\|(.*)/s);
      try {
        const decision = await rateLimit.consume(`${address}|${routeOf(path)}`, rule);
        const context = requestContext();
        if (context) context.rateLimit = { ...rule, ...decision };
        return decision;
      } catch (error) {
        recordFailure('RATE_LIMIT_UNAVAILABLE', error);
        throw error;
      }
    },
  };
}

const pathsOf = (api: object): string[] =>
  Object.values(api).flatMap(({ path }: { path?: string }) => (path ? [path] : []));

/** Mail fails or is dropped without leaving Better Auth in the middle of its own work. */
function mailSender({ clients, environment }: AuthDependencies, rateLimit: RateLimit) {
  const queueMail = mailQueue(clients.sqs, environment.mailQueueUrl);
  return async (mail: MailMessage): Promise<void> => {
    // Every sign-up sends some mail; elsewhere only a known address gets one, so a failure must not show.
    const concealed = !requestContext()?.path.endsWith('/sign-up/email');
    try {
      const { allowed } = await rateLimit.consume(`mail|${mail.kind}|${mail.to.toLowerCase()}`, mailRateLimit);
      if (allowed) await queueMail(mail);
      else logger.warn('mail dropped: its address had enough of this kind', { kind: mail.kind });
    } catch (error) {
      recordFailure('MAIL_UNAVAILABLE', error, { concealed });
    }
  };
}

function runInBackground(task: Promise<unknown>): void {
  requestContext()?.pending.push(task.catch((error: unknown) => logLine('error', 'background task failed', error)));
}

/** Better Auth quotes addresses, URLs and whole errors; only what stands before the first colon is known to be harmless. */
function logLine(level: string, message: string, ...details: unknown[]): void {
  const [error] = details.filter((detail) => detail instanceof Error);
  const line = { message: message.split(':')[0]!.slice(0, 120), ...(error && { errorName: error.name }) };
  if (level === 'error') logger.error(line);
  else logger.warn(line);
}
