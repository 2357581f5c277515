import type { BetterAuthOptions, BetterAuthPlugin } from 'better-auth';
import { betterAuth } from 'better-auth/minimal';
import { admin } from 'better-auth/plugins';
import { limitDefaults } from '../../contract/limit-defaults.ts';
import { lockoutDefaults } from '../../contract/lockout-defaults.ts';
import type { MailMessage } from '../../contract/mail.ts';
import { clientIpHeader, routes } from '../../contract/routes.ts';
import { logger } from '../audit/audit-log.ts';
import { auditPlugin, nameSubject } from '../audit/audit-plugin.ts';
import type { AuditEventId } from '../audit/catalogue.ts';
import { detectionPlugin } from '../audit/detection/detection-plugin.ts';
import { securityMetricsPlugin } from '../audit/security-metrics/security-metrics-plugin.ts';
import { type RequestContext, recordFailure, requestContext } from '../gateway/request-context.ts';
import { dynamodbAdapter } from '../identity/index.ts';
import { declaredFields } from '../limits/declared-fields.ts';
import { giveBackPlugin } from '../limits/give-back.ts';
import { limitsPlugin } from '../limits/limits-plugin.ts';
import { networkLists } from '../limits/network-lists.ts';
import { dynamodbRateLimit, type RateLimit } from '../limits/rate-limit.ts';
import { routeOfPath } from '../limits/route-of-path.ts';
import { mailQueue } from '../mailer/queue-mail.ts';
import { observeLogins } from '../policy/account-notices/observe-logins.ts';
import { writeLikeSignUp } from '../policy/conceal-known-address.ts';
import { concealUnverifiedPlugin } from '../policy/conceal-unverified.ts';
import { cookieConfiguration } from '../policy/cookie-configuration.ts';
import { lockoutPlugin } from '../policy/lockout-plugin.ts';
import { accountRules, oauthAccountPlugin } from '../policy/oauth-account.ts';
import { oauthIdTokenPlugin } from '../policy/oauth-id-token.ts';
import { originCheckPlugin } from '../policy/origin-check.ts';
import type { OriginList } from '../policy/origin-list.ts';
import { passwordResetPlugin } from '../policy/password-reset.ts';
import { passwordSetup } from '../policy/passwords/password-setup.ts';
import { passwordsPlugin } from '../policy/passwords/passwords-plugin.ts';
import { pepperSecret } from '../policy/passwords/pepper-secret.ts';
import type { Database } from '../policy/session/session-adapter.ts';
import { sessionConfiguration } from '../policy/session/session-configuration.ts';
import { sessionRules } from '../policy/session/session-rules.ts';
import { sessionTokenPlugin } from '../policy/session-token.ts';
import { signedBearerPlugin } from '../policy/signed-bearer.ts';
import { secondFactorPlugin } from '../policy/two-factor.ts';
import { renewedCookiesPlugin } from '../secrets/renewed-cookies.ts';
import { secretConfiguration } from '../secrets/secret-configuration.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { jwtPlugin } from '../tokens/jwt-plugin.ts';
import type { KeySet } from '../tokens/key-set.ts';
import { createTokenAudiences } from '../tokens/token-audiences.ts';
import type { ResolvedOptions } from './auth-options.ts';
import type { Clients } from './clients.ts';
import type { AuthEnvironment } from './environment.ts';

export interface AuthDependencies {
  readonly environment: AuthEnvironment;
  readonly clients: Clients;
  readonly keySet: KeySet;
  /** Better Auth's secret, in all its versions: signs cookies, encrypts second-factor secrets and provider tokens. */
  readonly secrets: SecretRing;
  readonly options: ResolvedOptions;
  /** Trusted on every host. */
  readonly origins: OriginList;
  /** Gatehouse's own that the options call for. */
  readonly optionalPlugins: readonly BetterAuthPlugin[];
  /** @default the system clock */
  readonly now?: () => Date;
  /** Where identities are. @default the adapter on the identity table */
  readonly database?: Database;
}

export type Auth = ReturnType<typeof createAuth>;

/** The one place where Better Auth is configured. Its defaults suit a server with one process; these suit Lambda and attack. */
export function createAuth(dependencies: AuthDependencies) {
  const { environment, clients, keySet, secrets, options, origins, optionalPlugins, now } = dependencies;
  const {
    plugins = [],
    trustedOrigins,
    cookies = {},
    csrf: _optional,
    detection = {},
    limits = {},
    lockout,
    passwords,
    disabledPaths = [],
    tokenClaims,
    oauthProviderMode,
    socialSignIn,
    secondFactor,
    sessions,
    secrets: _rotation,
    audit: _shown,
    accountNotices,
    ...custom
  } = options;
  const limitTable = { client: clients.dynamodb, tableName: environment.rateLimitTable, now };
  const rateLimit = dynamodbRateLimit(limitTable);
  const sendMail = mailSender(dependencies, rateLimit);
  let routeOf = routeOfPath([]);
  let fieldsOf = declaredFields({});
  const secondFactors = secondFactorPlugin({ issuer: custom.appName, now, ...secondFactor });
  const database =
    dependencies.database ??
    dynamodbAdapter({
      client: clients.dynamodb,
      tableName: environment.identityTable,
      now,
      onFailure: (error) => recordFailure('STORE_UNAVAILABLE', error),
    });
  const suspicions =
    detection.enabled === false
      ? undefined
      : detectionPlugin(database, {
          ...limitTable,
          secret: secrets.stable.value,
          options: detection,
          sendMail,
          isKnownDevice: (ctx, user) => lockouts?.knowsDevice(ctx, user) ?? false,
        });
  const sessionRule = sessionRules(observeLogins(suspicions?.database ?? database), sessions, now);
  const lockoutSettings = { ...lockoutDefaults, ...lockout };
  const lockouts: ReturnType<typeof lockoutPlugin> | undefined = lockoutSettings.enabled
    ? lockoutPlugin({
        ...limitTable,
        secret: secrets.stable.value,
        signingSecrets: secrets.accepted.map(({ value }) => value),
        settings: lockoutSettings,
        sendMail,
        onFailure: suspicions?.onFailure,
      })
    : undefined;
  const auth = betterAuth({
    ...custom,
    // A signed-in client could try passwords here by the hundred.
    disabledPaths: [
      '/verify-password',
      ...(passwords?.setByAdministrators ? [] : ['/admin/set-user-password']),
      ...(oauthProviderMode ? ['/token'] : []),
      ...disabledPaths,
    ],
    baseURL: environment.baseUrl + routes.authBase,
    ...secretConfiguration(secrets),
    // Those of a tenant are known with the request only.
    trustedOrigins:
      typeof trustedOrigins === 'function'
        ? async () => [...(requestContext()?.origins ?? origins).patterns]
        : [...origins.patterns],
    database: sessionRule.database,
    emailAndPassword: {
      enabled: true,
      // Also what makes a sign-up for a known address answer like any other.
      requireEmailVerification: true,
      resetPasswordTokenExpiresIn: 15 * 60,
      revokeSessionsOnPasswordReset: true,
      onPasswordReset: async ({ user }) => {
        nameSubject(user.id);
        await Promise.all([secondFactors.revokeDevicesOf(user.id), lockouts?.unlock(user)]);
      },
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
      onExistingUserSignUp: async ({ user }) => {
        await writeLikeSignUp();
        await sendMail({ kind: 'existing-account', to: user.email });
      },
    },
    emailVerification: {
      sendOnSignUp: true,
      // A stranger who signed up with your address could have mail sent to you by the hundred.
      sendOnSignIn: false,
      expiresIn: 3600,
      sendVerificationEmail: async ({ user, url }) => {
        await sendMail({ kind: 'verify-email', to: user.email, url });
      },
    },
    session: sessionConfiguration(sessions),
    // Clean-up would search the table in the request; expired rows are ignored on reading and removed by time to live.
    verification: { disableCleanup: true, storeIdentifier: 'hashed' },
    account: accountRules(socialSignIn),
    // In its place: limitsPlugin.
    rateLimit: { enabled: false },
    plugins: [
      limitsPlugin({
        rateLimit,
        options: limits,
        adminNetworks: environment.adminNetworks,
        lists: networkLists({
          ...limitTable,
          onProblem: (problem, error) => logger.error(problem, { errorName: error instanceof Error ? error.name : '' }),
        }),
        routeOf: (path) => routeOf(path),
        declaredFields: (route) => fieldsOf(route),
      }),
      originCheckPlugin(origins, new URL(environment.baseUrl).origin),
      passwordsPlugin(
        passwordSetup({
          options: passwords,
          productName: custom.appName,
          peppers: pepperSecret(clients.secretsManager, environment.pepperSecretArn, now),
        }),
      ),
      passwordResetPlugin(sendMail),
      sessionTokenPlugin(),
      sessionRule.plugin,
      renewedCookiesPlugin(),
      jwtPlugin({
        issuer: environment.baseUrl,
        audiences: createTokenAudiences(environment.tokenAudience, environment.audienceAlgorithms),
        keySet,
        kms: clients.kms,
        claims: tokenClaims,
        now,
      }),
      signedBearerPlugin(),
      oauthAccountPlugin(socialSignIn),
      oauthIdTokenPlugin(),
      admin(),
      securityMetricsPlugin(clients.cloudwatch, now),
      concealUnverifiedPlugin(),
      ...plugins,
      // Behind every plugin that signs in, so that it sees the sessions of all of them.
      secondFactors,
      sessionRule.confirmation,
      ...optionalPlugins,
      ...(suspicions ? [suspicions] : []),
      ...(lockouts ? [lockouts] : []),
      giveBackPlugin(),
      auditPlugin(),
    ],
    advanced: {
      ...cookieConfiguration(cookies),
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
  routeOf = routeOfPath(pathsOf(auth.api));
  fieldsOf = declaredFields(auth.api);
  return Object.assign(auth, {
    /** Tells users of what a request changed that ended with these events. */
    tell: async (context: RequestContext, events: readonly AuditEventId[]): Promise<void> => {
      const { tellOfChanges } = await import('../policy/account-notices/tell-of-changes.ts');
      const { adapter } = await auth.$context;
      await tellOfChanges(context, events, { adapter, sendMail, options: accountNotices });
    },
  });
}

const pathsOf = (api: object): string[] =>
  Object.values(api).flatMap(({ path }: { path?: string }) => (path ? [path] : []));

/** Mail fails or is dropped without leaving Better Auth in the middle of its own work. */
function mailSender({ clients, environment, options }: AuthDependencies, rateLimit: RateLimit) {
  const limit = options.limits?.mail ?? limitDefaults.mail;
  const queueMail = mailQueue(clients.sqs, environment.mailQueueUrl);
  return async (mail: MailMessage): Promise<boolean> => {
    // Every sign-up sends some mail, and so does an administrator; elsewhere only a known address gets one: a failure must not show.
    const concealed = !/\/(sign-up\/email|send-password-reset)$/.test(requestContext()?.path ?? '');
    try {
      const key = `mail|${mail.kind}|${mail.to.toLowerCase()}`;
      const allowed = limit === false || (await rateLimit.consume(key, limit)).allowed;
      if (allowed) await queueMail(mail);
      else logger.warn('mail dropped: its address had enough of this kind', { kind: mail.kind });
      return allowed;
    } catch (error) {
      recordFailure('MAIL_UNAVAILABLE', error, { concealed });
      return false;
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
