import { resolve } from 'node:path';
import * as z from 'zod';
import { alarmNames } from '../contract/alarm-defaults.ts';
import { clientAddressSources } from '../contract/client-address.ts';
import { type SigningAlgorithm, signingAlgorithms, signingKeyStates } from '../contract/signing.ts';
import { archiveLocks } from './audit-trail/archive-settings.ts';
import { edgePhases } from './edge-settings.ts';
import { qualifierProblem } from './execution-role.ts';
import { gatehouseRulesProblem } from './firewall/firewall-rules.ts';
import { rollouts } from './gradual-deployment.ts';
import { networkProblem } from './networks.ts';
import { roleArnProblem } from './role-arns.ts';
import { signingKeyProblems } from './signing-key-config.ts';

const algorithms = Object.keys(signingAlgorithms) as [SigningAlgorithm, ...SigningAlgorithm[]];
const text = z.string().min(1);

const networks = z.array(text).superRefine((values, context) => {
  for (const message of values.map(networkProblem)) if (message) context.addIssue(message);
});

const signingKeys = z
  .array(
    z
      .strictObject({
        id: text,
        algorithm: z.enum(algorithms),
        state: z.enum(signingKeyStates),
        multiRegion: z.boolean().optional(),
      })
      .readonly(),
  )
  .superRefine((keys, context) => {
    for (const message of signingKeyProblems(keys)) context.addIssue(message);
  });

const roleArns = z.array(text).superRefine((arns, context) => {
  for (const message of arns.map(roleArnProblem)) if (message) context.addIssue(message);
});

const tags = z.record(text, z.string().max(256)).superRefine((values, context) => {
  for (const key of Object.keys(values)) {
    if (/^(?!aws:)(?!gatehouse:stage$).{1,128}$/.test(key)) continue;
    context.addIssue(
      `'${key}' is not allowed; allowed are up to 128 characters that do not begin with 'aws:', and not 'gatehouse:stage'`,
    );
  }
});

const hostedZone = z.strictObject({ id: text, name: text });

/** The settings of one stage. */
export const stageConfig = z.strictObject({
  /** The account to deploy to. @default - the account of the credentials */
  account: z
    .string()
    .regex(/^\d{12}$/, 'must have 12 digits')
    .optional(),
  /** The Region to deploy to. @default - the Region of the credentials */
  region: text.optional(),
  /** The API's own name, with a certificate in the Region, or a Route 53 zone to make one through. @default - the execute-api host */
  domain: z
    .strictObject({ name: z.hostname(), certificateArn: text.optional(), hostedZone: hostedZone.optional() })
    .refine(({ certificateArn, hostedZone }) => certificateArn || hostedZone, 'needs certificateArn or hostedZone')
    .optional(),
  /** The public base URL, where something else stands in front. @default - from the domain, or the execute-api host */
  baseUrl: z.string().optional(),
  /** The oldest version of TLS, on all names. @default - '1.2', with forward secrecy */
  minimumTls: z.enum(['1.2', '1.3']).optional(),
  /** Requests per second to the API, and as many again in a burst. @default - 500 */
  throttle: z.number().optional(),
  /** The same for each method that takes a password or a code, or sends mail. @default - 50 */
  credentialThrottle: z.number().optional(),
  /** The same for single methods, as `{ 'POST /api/auth/sign-up/{proxy+}': 5 }`. @default - the two above */
  throttles: z.record(text, z.number()).optional(),
  /** Origins that may call the API with credentials. @default - the base URL's own */
  trustedOrigins: z.array(z.string()).optional(),
  /** `aud` of the tokens. @default - the base URL */
  tokenAudience: text.optional(),
  /** Audiences whose tokens are signed with another algorithm than the default key's. @default - none */
  tokenAlgorithms: z.record(text, z.enum(algorithms)).optional(),
  /** Who mail is from, and what SES verifies for it. */
  mail: z.strictObject({
    /** The From address. */
    from: text,
    /** The domain or address that SES shall verify; give at most one of this and the next two, each covering `from`. @default - the domain of `from` */
    verify: text.optional(),
    /** An SES identity that exists already. @default - a new one */
    existingIdentity: text.optional(),
    /** The Route 53 zone that gets the DKIM records. @default - you create the records */
    hostedZone: hostedZone.optional(),
  }),
  /** The product's name in mail. @default - 'Gatehouse' */
  productName: text.optional(),
  /** Networks that are blocked, in CIDR notation. */
  blockedNetworks: networks.optional(),
  /** The only networks that reach the admin endpoints. @default - none */
  adminNetworks: networks.optional(),
  /** Limits of the firewall, and who passes it: see docs/firewall.md. @default - see `GatehouseRulesProps` */
  firewall: z
    .strictObject({
      /** Networks that rates do not limit, in CIDR notation. @default - none */
      trustedNetworks: networks.optional(),
      /** Countries that are blocked, such as 'KP'; excludes `allowedCountries`. @default - none */
      blockedCountries: z.array(text).optional(),
      /** The only countries that are not blocked. @default - all */
      allowedCountries: z.array(text).optional(),
      /** Autonomous systems that are blocked. @default - none */
      blockedAsns: z.array(z.number()).optional(),
      /** Requests per source address in 5 minutes. @default - 2000 */
      rateLimit: z.number().optional(),
      /** Requests with credentials per source address in 5 minutes. @default - 600 */
      credentialRateLimit: z.number().optional(),
      /** The same per source address and TLS fingerprint. @default - 400 */
      credentialRateLimitPerClient: z.number().optional(),
    })
    .superRefine((settings, context) => {
      const message = gatehouseRulesProblem(settings);
      if (message) context.addIssue(message);
    })
    .optional(),
  /** CloudFront in front of the API, on its name, which then takes requests from there only: see docs/cloudfront.md. @default - none */
  cloudFront: z
    .strictObject({
      /** A certificate for the API's name in us-east-1. */
      certificateArn: text,
      /** A web ACL for CloudFront. @default - a new one; bin/gatehouse.ts makes a stack in us-east-1 for it where that is needed */
      webAclArn: text.optional(),
      /** Names of the secrets by which the API knows the distribution; the first is sent. @default - ['a'] */
      originSecrets: z.array(text).optional(),
      /** How far an API in use has moved. @default - 'locked' */
      phase: z.enum(edgePhases).optional(),
    })
    .optional(),
  /**
   * What stands in front of the API and tells the client's address, proved by a secret that the function checks: see docs/limits.md.
   * @default - nothing: API Gateway's own
   */
  clientAddress: z
    .strictObject({
      from: z.enum(clientAddressSources),
      /** For `header`: one that the front sets or replaces. */
      header: text.optional(),
      /** The secret of the front: a JSON array of the strings that it may send. */
      originSecretArn: text,
    })
    .optional(),
  /**
   * The signing keys and their states. The first active one is the default: it signs where no algorithm is asked for. @default - an active
   * ES256 key and a standby
   */
  signingKeys: signingKeys.optional(),
  /** Minutes from publishing a signing key to its first signature. @default - 170 */
  keyPublishWaitMinutes: z.number().int().positive().optional(),
  /** Minutes from a signing key's retirement to its withdrawal. @default - 60 */
  keyDropWaitMinutes: z.number().int().positive().optional(),
  /** Make new signing keys multi-Region primaries. @default - false */
  multiRegionKeys: z.boolean().optional(),
  /** Regions into which the deployment may replicate them. @default - none */
  keyReplicaRegions: z.array(text).optional(),
  /**
   * Serve the key set from CloudFront too, under a name of its own with a certificate in us-east-1, so that verifiers do not depend
   * on the API. @default - the API alone
   */
  keySetDistribution: z
    .strictObject({
      name: z.hostname(),
      certificateArn: text,
      hostedZone: hostedZone.optional(),
      /** Name it in discovery; not before its records are made, and not any more some hours before it goes. @default - true */
      inDiscovery: z.boolean().optional(),
    })
    .optional(),
  /** Roles that may disable signing keys in an emergency. @default - the root user alone */
  breakGlassRoleArns: roleArns.optional(),
  /** Roles that deploy the stack, and so may change key policies. @default - the execution role of the CDK bootstrap */
  deploymentRoleArns: roleArns.optional(),
  /** The qualifier of the CDK bootstrap that deploys the stack; excludes `deploymentRoleArns`. @default - CDK's own */
  bootstrapQualifier: text
    .superRefine((value, context) => {
      const message = qualifierProblem(value);
      if (message) context.addIssue(message);
    })
    .optional(),
  /** Gets every alarm. @default - nobody */
  alarmEmail: z.email().optional(),
  /** Thresholds by alarm, where those of docs/alarms.md do not suit. WARNING: a higher one rings later. @default - those */
  alarmThresholds: z.partialRecord(z.enum(alarmNames), z.number()).optional(),
  /** Requests come in at any hour, so that their absence is an alarm. @default - false */
  expectTraffic: z.boolean().optional(),
  /** Where the runbooks are that the alarms link to: the docs/runbooks of your fork, or a wiki. @default - docs/runbooks */
  runbookUrl: text.optional(),
  /** Make a dashboard. @default - in prod */
  dashboard: z.boolean().optional(),
  /** Refuse to delete the tables. @default - in prod */
  deletionProtection: z.boolean().optional(),
  /** Days that audit events are kept: one of the values of `RetentionDays`. @default - 400 */
  auditRetentionDays: z.number().int().optional(),
  /** What becomes of audit events beside their log group, and who watches the rest: see docs/audit-trail.md. */
  audit: z
    .strictObject({
      /** Copy them into a bucket where nobody can change or delete them. @default - in prod */
      archive: z.boolean().optional(),
      /** Days that an archived event cannot be deleted; then it expires. @default - 400 */
      archiveDays: z.number().int().min(1).max(36_500).optional(),
      /**
       * Who may delete it sooner: with 'governance' who first changes the bucket's policy, which is reported. WARNING 'compliance':
       * nobody at all, so that neither can days too many be taken back. @default - 'governance'
       */
      archiveLock: z.enum(archiveLocks).optional(),
      /** The log group of a CloudTrail trail that records KMS in this Region, to compare signatures with tokens. @default - none */
      trailLogGroupName: text.optional(),
      /** Report changes outside of deployments to the alarms' topic. WARNING: without, nobody hears of them. @default - true */
      tamperRules: z.boolean().optional(),
    })
    .refine(
      ({ archive, archiveDays, archiveLock }) => archive !== false || (archiveDays ?? archiveLock) === undefined,
      'archive: false excludes archiveDays and archiveLock',
    )
    .optional(),
  /** Days that other logs are kept: one of the values of `RetentionDays`. @default - 365 in prod, 30 in dev */
  logRetentionDays: z.number().int().optional(),
  /** Ceiling on read request units of the identity table per second, which bounds the bill of an attack. @default - 4000 */
  identityReadCeiling: z.number().optional(),
  /** The same for its write request units. @default - 1000 */
  identityWriteCeiling: z.number().optional(),
  /** The same for write request units of the rate-limit table: one for each request. @default - 4000 */
  rateLimitWriteCeiling: z.number().optional(),
  /** Days that the tables can be restored to any second of, 1 to 35, in prod from 7. @default - 35 */
  tableRecoveryDays: z.number().optional(),
  /** Memory of the auth function in MB; CPU grows with it. @default - 1769, one whole vCPU */
  memorySize: z.number().optional(),
  /** Instances kept for the auth function, which also caps it. @default - no reservation */
  reservedConcurrency: z.number().optional(),
  /** Instances of it kept warm, of those reserved if there is a reservation. @default - none */
  provisionedConcurrency: z.number().optional(),
  /**
   * How traffic moves to a new version of the auth function. All at once, nothing rolls a bad one back. @default - 'canary' in prod,
   * 'all-at-once' in dev
   */
  rollout: z.enum(rollouts).optional(),
  /** Send traces to X-Ray. @default - false */
  tracing: z.boolean().optional(),
  /** Set API Gateway's role for logs, one for the account and Region. @default - true */
  cloudWatchRole: z.boolean().optional(),
  /** Tags of every resource, beside `gatehouse:stage`. @default - none */
  tags: tags.optional(),
  /** Make a secret for the client secrets of social providers, which operators fill. @default - false */
  providerSecrets: z.boolean().optional(),
  /**
   * Make a secret key that goes into password hashes, so that a copy of the table alone cannot be attacked. Never switch it off again:
   * passwords stored meanwhile would not verify. See docs/passwords.md. @default - false
   */
  pepper: z.boolean().optional(),
  /** A file with Better Auth options. @default - lambda/auth/options.ts */
  authOptions: text.transform((path) => resolve(path)).optional(),
});

/** The settings of one stage, as plain values: see docs/configuration.md. */
export type StageConfig = Readonly<z.input<typeof stageConfig>>;
