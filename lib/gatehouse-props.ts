import type { Duration } from 'aws-cdk-lib';
import type { SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone, IPublicHostedZone } from 'aws-cdk-lib/aws-route53';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IEmailIdentity } from 'aws-cdk-lib/aws-ses';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { AlarmName } from '../contract/alarm-defaults.ts';
import type { Stage } from '../contract/environment.ts';
import type { SigningAlgorithm } from '../contract/signing.ts';
import type { ArchiveSettings } from './audit-trail/archive-settings.ts';
import type { FrontProps } from './gatehouse-front.ts';
import type { Rollout } from './gradual-deployment.ts';
import type { KeySetDomain } from './key-set-distribution.ts';
import type { SigningKeyConfig } from './signing-key-config.ts';
import type { LockedKey } from './signing-key-lock.ts';

export interface GatehouseProps extends FrontProps {
  /** `prod` refuses what makes it weaker; `dev` may be deleted. */
  readonly stage: Stage;
  /** The From address of mail. */
  readonly mailFrom: string;
  /** The product's name in mail. @default - 'Gatehouse' */
  readonly productName?: string;
  /** The API's own name. @default - the execute-api host */
  readonly domainName?: string;
  /** A certificate for `domainName`. @default - a new one, validated through `hostedZone` */
  readonly certificate?: ICertificate;
  /** The zone that gets the records of `domainName`. @default - you create the records */
  readonly hostedZone?: IHostedZone;
  /** The public base URL, where something else stands in front. @default - from the domain or the execute-api host */
  readonly baseUrl?: string;
  /** TLS versions and ciphers; TLS13_1_3_2025_09 is TLS 1.3 alone. @default - TLS 1.3 and 1.2, all with forward secrecy */
  readonly securityPolicy?: SecurityPolicy;
  /** Requests per second to the API, and as many again in a burst. @default - 500 */
  readonly throttle?: number;
  /** The same for each method that takes a password or a code, or sends mail. @default - 50 */
  readonly credentialThrottle?: number;
  /** The same for single methods, as `{ 'POST /api/auth/sign-up/{proxy+}': 5 }`. @default - the two above */
  readonly throttles?: Readonly<Record<string, number>>;
  /** Origins that may call the API with credentials, beside the base URL's own. @default - none */
  readonly trustedOrigins?: readonly string[];
  /** `aud` of the tokens. @default - the base URL */
  readonly tokenAudience?: string;
  /** Audiences whose tokens are signed with another algorithm than the default key's. @default - none */
  readonly tokenAlgorithms?: Readonly<Record<string, SigningAlgorithm>>;
  /** A file that exports your Better Auth options. @default - Gatehouse's own options */
  readonly authOptions?: string;
  /** The signing keys and their states; the first active one is the default. @default - an active ES256 key and a standby */
  readonly signingKeys?: readonly SigningKeyConfig[];
  /** What is on record about the signing keys; synthesis refuses steps that do not follow from it. @default - deployment alone refuses */
  readonly signingKeyLock?: readonly LockedKey[];
  /** From publishing a signing key to its first signature. @default - 2 hours 50 minutes */
  readonly keyPublishWait?: Duration;
  /** From a signing key's retirement to its withdrawal. @default - 1 hour */
  readonly keyDropWait?: Duration;
  /** Make new signing keys multi-Region primaries. @default - false */
  readonly multiRegionKeys?: boolean;
  /** Regions into which the deployment may replicate them. @default - none */
  readonly keyReplicaRegions?: readonly string[];
  /** Serves the key set from CloudFront too, under a name of its own, and names that in discovery. @default - the API alone */
  readonly keySetDistribution?: KeySetDomain;
  /** Roles that may disable signing keys in an emergency. @default - the root user alone */
  readonly breakGlassRoleArns?: readonly string[];
  /** Roles that deploy the stack, and so may change key policies. @default - the execution role of the stack's synthesizer */
  readonly deploymentRoleArns?: readonly string[];
  /** The qualifier of the CDK bootstrap, for that role; excludes `deploymentRoleArns`. @default - that of the stack's synthesizer */
  readonly bootstrapQualifier?: string;
  /** An SES identity that covers `mailFrom`; excludes the next two, which exclude each other. @default - a new one, see `mailVerify` */
  readonly mailIdentity?: IEmailIdentity;
  /** The domain or the address that SES verifies for a new identity. @default - the domain of `mailFrom` */
  readonly mailVerify?: string;
  /** The public zone of that domain, which gets the DKIM records. @default - you create the records */
  readonly mailHostedZone?: IPublicHostedZone;
  /** Gets SES's events of bounces and complaints too; it has to let SES publish. @default - the default event bus of EventBridge alone */
  readonly mailEventTopic?: ITopic;
  /** Gets every alarm. @default - a new encrypted topic */
  readonly alarmTopic?: ITopic;
  /** Subscribed to the new topic; excludes `alarmTopic`. @default - nobody */
  readonly alarmEmail?: string;
  /** Thresholds by alarm, where the defaults do not suit. @default - see `docs/alarms.md` */
  readonly alarmThresholds?: Readonly<Partial<Record<AlarmName, number>>>;
  /** Requests come in at any hour, so that their absence is an alarm. @default - false */
  readonly expectTraffic?: boolean;
  /** Where the runbooks are that the alarms link to, such as a wiki. @default - 'docs/runbooks' */
  readonly runbookUrl?: string;
  /** Make a dashboard. @default - in prod */
  readonly dashboard?: boolean;
  /** A table with the keys of `IdentityTable`. @default - a new one */
  readonly identityTable?: ITable;
  /** A table with the keys of `RateLimitTable`. @default - a new one */
  readonly rateLimitTable?: ITable;
  /** Ceiling on read request units of the new identity table per second, which bounds the bill of an attack. @default - 4000 */
  readonly identityReadCeiling?: number;
  /** The same for its write request units. @default - 1000 */
  readonly identityWriteCeiling?: number;
  /** The same for write request units of the new rate-limit table: one for each request. @default - 4000 */
  readonly rateLimitWriteCeiling?: number;
  /** Days that the new tables can be restored to any second of, 1 to 35, in prod from 7. @default - 35 */
  readonly tableRecoveryDays?: number;
  /** Holds Better Auth's secret: plain text, or what `npm run secrets` makes of it. @default - a new generated one */
  readonly secret?: ISecret;
  /** Holds the client secrets of social providers, for `authOptions` that ask for them: a JSON object, name → secret; `true` makes an empty one. @default - none */
  readonly providerSecrets?: boolean | ISecret;
  /** Keys that go into password hashes, by id, as `PepperSecret` makes them; `true` makes a new one. Never take it away again. @default - none */
  readonly pepper?: boolean | ISecret;
  /** Encrypts tables, secret and queued mail. @default - a new customer-managed key */
  readonly dataKey?: IKey;
  /** Encrypts logs and alarms; its policy has to allow CloudWatch. @default - a new customer-managed key */
  readonly logsKey?: IKey;
  /** Gets the API's access log; give it a key and a retention. @default - a new one */
  readonly accessLogGroup?: ILogGroup;
  /** How long audit events are kept. @default - 13 months */
  readonly auditRetention?: RetentionDays;
  /** Gets the audit events; give it a key and a retention. Excludes `auditRetention`. @default - a new one */
  readonly auditLogGroup?: ILogGroup;
  /** Copies audit events into a bucket where nobody can change or delete them. @default - in prod, with the defaults of `ArchiveSettings` */
  readonly auditArchive?: boolean | ArchiveSettings;
  /** The log group of a CloudTrail trail that records KMS in this Region, to compare signatures with tokens. @default - nobody compares */
  readonly trailLogGroup?: ILogGroup;
  /** Tell the alarms' topic of changes outside of deployments: see `TamperRules`. WARNING: without, nobody hears of them. @default true */
  readonly tamperRules?: boolean;
  /** How long other logs are kept. @default - 1 year in prod, 1 month in dev */
  readonly logRetention?: RetentionDays;
  /** Refuse to delete the tables. @default - in prod */
  readonly deletionProtection?: boolean;
  /** Memory of the auth function in MB; CPU grows with it. @default - 1769, one whole vCPU */
  readonly memorySize?: number;
  /** Instances kept for the auth function, which also caps it. @default - no reservation */
  readonly reservedConcurrency?: number;
  /** Instances of it kept warm, of those reserved if there is a reservation. @default - none */
  readonly provisionedConcurrency?: number;
  /** Runs the auth function in this VPC, which needs endpoints or a way out: see `ServiceEndpoints`. @default - in none */
  readonly vpc?: IVpc;
  /** Where in `vpc`. @default - its private subnets */
  readonly vpcSubnets?: SubnetSelection;
  /** Of the auth function in `vpc`. @default - a new one, which lets out HTTPS and lets nothing in */
  readonly securityGroups?: readonly ISecurityGroup[];
  /**
   * How traffic moves to a new version of the auth function. All at once, nothing rolls a bad one back. @default - 'canary' in prod,
   * 'all-at-once' in dev
   */
  readonly rollout?: Rollout;
  /** Send traces to X-Ray. @default - false */
  readonly tracing?: boolean;
  /** Set API Gateway's role for logs, one for the account and Region. @default - true */
  readonly cloudWatchRole?: boolean;
  /** Code of all functions instead of Gatehouse's own, by name. @default - Gatehouse's own */
  readonly code?: Readonly<Partial<Record<'auth' | 'mailer' | 'keyPublisher', Code>>>;
}
