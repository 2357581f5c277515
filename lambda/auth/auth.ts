import { randomUUID } from 'node:crypto';
import type { BetterAuthOptions } from 'better-auth';
import { APIError } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import { admin, bearer, jwt, twoFactor } from 'better-auth/plugins';
import type { JWTPayload } from 'jose';
import type { MailMessage } from '../../contract/mail.ts';
import { clientIpHeader, routes } from '../../contract/routes.ts';
import type { SigningAlgorithm } from '../../contract/signing.ts';
import { logger } from '../audit/audit-log.ts';
import { auditPlugin } from '../audit/audit-plugin.ts';
import { recordFailure, requestContext } from '../gateway/request-context.ts';
import { dynamodbAdapter } from '../identity/index.ts';
import { dynamodbRateLimit } from '../limits/rate-limit.ts';
import { defaultRateLimit, rateLimitRules } from '../limits/rate-limit-rules.ts';
import { mailQueue } from '../mailer/queue-mail.ts';
import { hashPassword, verifyPassword } from '../policy/password-hash.ts';
import { sessionTokenPlugin } from '../policy/session-token.ts';
import type { KeySet } from '../tokens/key-set.ts';
import { SigningError, signToken } from '../tokens/sign-token.ts';
import type { AuthOptions } from './auth-options.ts';
import type { Clients } from './clients.ts';
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
}

export type Auth = ReturnType<typeof createAuth>;

/** The one place where Better Auth is configured. Its defaults suit a server with one process; these suit Lambda and attack. */
export function createAuth(dependencies: AuthDependencies) {
  const { environment, clients, secret, options, now } = dependencies;
  const { plugins = [], trustedOrigins = [], ...custom } = options;
  const sendMail = mailSender(dependencies);
  return betterAuth({
    ...custom,
    baseURL: environment.baseUrl + routes.authBase,
    secret,
    trustedOrigins: [...environment.trustedOrigins, ...trustedOrigins],
    database: dynamodbAdapter({
      client: clients.dynamodb,
      tableName: environment.identityTable,
      now,
      onFailure: (error) => recordFailure('STORE_UNAVAILABLE', error),
    }),
    emailAndPassword: {
      enabled: true,
      // Also what hides from a stranger whether an address has an account.
      requireEmailVerification: true,
      minPasswordLength: 12,
      maxPasswordLength: 128,
      password: { hash: hashPassword, verify: verifyPassword },
      resetPasswordTokenExpiresIn: 15 * 60,
      revokeSessionsOnPasswordReset: true,
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
      sendOnSignIn: true,
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
      customStorage: rateLimitStorage(dependencies),
    },
    plugins: [
      sessionTokenPlugin(),
      jwt(jwtOptions(dependencies)),
      // A token as stored must not authenticate: a leaked table would be a bunch of keys.
      bearer({ requireSignature: true }),
      twoFactor({
        issuer: custom.appName,
        twoFactorCookieMaxAge: 5 * 60,
        otpOptions: { storeOTP: 'hashed' },
        accountLockout: { enabled: true, maxFailedAttempts: 10, durationSeconds: 15 * 60 },
      }),
      admin(),
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
}

function rateLimitStorage({ clients, environment, now }: AuthDependencies) {
  const rateLimit = dynamodbRateLimit({ client: clients.dynamodb, tableName: environment.rateLimitTable, now });
  return {
    async consume(key: string, rule: { window: number; max: number }) {
      try {
        const decision = await rateLimit.consume(key, rule);
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

function jwtOptions({ environment, clients, keySet }: AuthDependencies): Parameters<typeof jwt>[0] {
  const { algorithm } = keySet.activeKey();
  return {
    // Without it every session check would sign in KMS.
    disableSettingJwtHeader: true,
    jwks: { remoteUrl: environment.baseUrl + routes.jwks, keyPairConfig: { alg: algorithm } },
    adapter: {
      getJwks: async () =>
        keySet.keys.map(({ kid, jwk }) => ({
          id: kid,
          publicKey: JSON.stringify(jwk),
          privateKey: '',
          createdAt: new Date(0),
        })),
    },
    jwt: {
      issuer: environment.baseUrl,
      audience: environment.tokenAudience,
      expirationTime: '15m',
      definePayload: ({ user }) => ({ email: user.email, ...(user.role && { role: user.role }) }),
      sign: (payload, header, config) =>
        sign(payload, header?.typ, config?.signingAlgorithm as SigningAlgorithm | undefined),
    },
  };

  async function sign(payload: JWTPayload, typ?: string, algorithm?: SigningAlgorithm): Promise<string> {
    try {
      const key = keySet.activeKey(algorithm);
      return await signToken({ kms: clients.kms, key, payload: { ...payload, jti: payload.jti ?? randomUUID() }, typ });
    } catch (error) {
      if (error instanceof SigningError && error.code === 'PAYLOAD_TOO_LARGE') {
        throw new APIError('UNPROCESSABLE_ENTITY', { code: 'TOKEN_TOO_LARGE', message: error.message });
      }
      recordFailure('SIGNING_UNAVAILABLE', error);
      throw error;
    }
  }
}

/** A mail that cannot be queued fails the request, but never leaves Better Auth in the middle of its own work. */
function mailSender({ clients, environment }: AuthDependencies): (mail: MailMessage) => Promise<void> {
  const queueMail = mailQueue(clients.sqs, environment.mailQueueUrl);
  return (mail) => queueMail(mail).catch((error: unknown) => recordFailure('MAIL_UNAVAILABLE', error));
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
