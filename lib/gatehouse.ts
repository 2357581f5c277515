import type { Duration } from 'aws-cdk-lib';
import type { SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone, IPublicHostedZone } from 'aws-cdk-lib/aws-route53';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IEmailIdentity } from 'aws-cdk-lib/aws-ses';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Stage } from '../contract/environment.ts';
import { routes } from '../contract/routes.ts';
import type { SigningAlgorithm } from '../contract/signing.ts';
import { Alarms } from './alarms.ts';
import { AuditTrail } from './audit-trail.ts';
import { AuthApi } from './auth-api.ts';
import { AuthFunction } from './auth-function.ts';
import { AuthSecrets } from './auth-secrets.ts';
import { broughtTableProblems } from './brought-tables.ts';
import type { EdgeDistribution } from './edge-distribution.ts';
import { encryptionKey } from './encryption-key.ts';
import type { Firewall } from './firewall/firewall.ts';
import { createFront, edgeSecrets, type FrontProps, frontProblems } from './gatehouse-front.ts';
import { GradualDeployment, type Rollout } from './gradual-deployment.ts';
import { tableProblems, tableRemovalPolicy } from './hardened-table.ts';
import { IdentityTable } from './identity-table.ts';
import { KeySetDistribution, type KeySetDomain } from './key-set-distribution.ts';
import { Mail } from './mail.ts';
import { mailProblems } from './mail-settings.ts';
import { PepperSecret } from './pepper-secret.ts';
import { ProviderSecrets } from './provider-secrets.ts';
import { RateLimitTable } from './rate-limit-table.ts';
import { requireNoProblems, settingProblems } from './settings.ts';
import type { SigningKeyConfig } from './signing-key-config.ts';
import type { LockedKey } from './signing-key-lock.ts';
import { SigningKeys } from './signing-keys.ts';
import { strengthProblems } from './strength.ts';

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

/** The whole stack as one construct. */
export class Gatehouse extends Construct {
  /** The public base URL and token issuer. */
  readonly baseUrl: string;
  /** `aud` of tokens for which no other audience was asked. */
  readonly tokenAudience: string;
  readonly identityTable: ITable;
  readonly rateLimitTable: ITable;
  readonly secret: ISecret;
  /** Absent unless it is asked for. */
  readonly pepper?: ISecret | undefined;
  /** Absent unless it is asked for. */
  readonly providerSecrets?: ISecret;
  readonly signingKeys: SigningKeys;
  readonly mail: Mail;
  readonly auditTrail: AuditTrail;
  readonly api: AuthApi;
  /** Where verifiers fetch the key set, as discovery says. */
  readonly jwksUri: string;
  /** Absent unless it is asked for. */
  readonly keySetDistribution?: KeySetDistribution;
  readonly authFunction: AuthFunction;
  /** In front of the API; absent when `webAclArn` is given. */
  readonly firewall?: Firewall;
  /** In front of CloudFront; absent unless this stack makes it. */
  readonly edgeFirewall?: Firewall;
  /** Absent without `cloudFront`. */
  readonly edgeDistribution?: EdgeDistribution;
  readonly alarms: Alarms;

  constructor(scope: Construct, id: string, props: GatehouseProps) {
    super(scope, id);
    requireConsistency(this, props);
    const prod = props.stage === 'prod';
    const deletionProtection = props.deletionProtection ?? prod;
    const dataKey =
      props.dataKey ??
      encryptionKey(
        this,
        'DataKey',
        'Gatehouse: users, sessions, secrets and queued mail',
        tableRemovalPolicy(deletionProtection),
      );
    const logsKey = props.logsKey ?? encryptionKey(this, 'LogsKey', 'Gatehouse: logs and alarms');
    const logs = {
      logsKey,
      logRetention: props.logRetention ?? (prod ? RetentionDays.ONE_YEAR : RetentionDays.ONE_MONTH),
    };
    const table = { encryptionKey: dataKey, deletionProtection, recoveryDays: props.tableRecoveryDays };

    this.identityTable =
      props.identityTable ??
      new IdentityTable(this, 'IdentityTable', {
        ...table,
        maxReadRequestUnits: props.identityReadCeiling,
        maxWriteRequestUnits: props.identityWriteCeiling,
      }).table;
    this.rateLimitTable =
      props.rateLimitTable ??
      new RateLimitTable(this, 'RateLimitTable', { ...table, maxWriteRequestUnits: props.rateLimitWriteCeiling }).table;
    this.secret = props.secret ?? new AuthSecrets(this, 'Secrets', { encryptionKey: dataKey }).secret;
    this.providerSecrets =
      props.providerSecrets === true
        ? new ProviderSecrets(this, 'ProviderSecrets', { encryptionKey: dataKey }).secret
        : props.providerSecrets || undefined;
    this.pepper =
      props.pepper === true
        ? new PepperSecret(this, 'Pepper', { encryptionKey: dataKey }).secret
        : props.pepper || undefined;
    this.signingKeys = new SigningKeys(this, 'SigningKeys', {
      ...logs,
      keys: props.signingKeys,
      breakGlassRoleArns: props.breakGlassRoleArns,
      deploymentRoleArns: props.deploymentRoleArns,
      bootstrapQualifier: props.bootstrapQualifier,
      lock: props.signingKeyLock,
      publishWait: props.keyPublishWait,
      dropWait: props.keyDropWait,
      multiRegion: props.multiRegionKeys,
      replicaRegions: props.keyReplicaRegions,
      publisherCode: props.code?.keyPublisher,
    });
    this.mail = new Mail(this, 'Mail', {
      ...logs,
      from: props.mailFrom,
      productName: props.productName ?? 'Gatehouse',
      identity: props.mailIdentity,
      verify: props.mailVerify,
      hostedZone: props.mailHostedZone,
      sandbox: !prod,
      eventTopic: props.mailEventTopic,
      encryptionKey: dataKey,
      code: props.code?.mailer,
    });
    this.auditTrail = new AuditTrail(this, 'AuditTrail', { encryptionKey: logsKey, retention: props.auditRetention });
    const { originSecrets, clientAddress } = edgeSecrets(this, props, dataKey);
    this.api = new AuthApi(this, 'Api', { ...props, ...logs, stageName: props.stage });
    this.baseUrl = this.api.baseUrl;
    this.tokenAudience = props.tokenAudience ?? this.baseUrl;
    this.keySetDistribution =
      props.keySetDistribution &&
      new KeySetDistribution(this, 'KeySetDistribution', {
        ...props.keySetDistribution,
        issuer: this.baseUrl,
        signingKeys: this.signingKeys,
      });
    this.jwksUri = this.keySetDistribution?.jwksUri ?? `${this.baseUrl}${routes.jwks}`;
    this.authFunction = new AuthFunction(this, 'AuthFunction', {
      stage: props.stage,
      baseUrl: this.baseUrl,
      identityTable: this.identityTable,
      rateLimitTable: this.rateLimitTable,
      secret: this.secret,
      providerSecrets: this.providerSecrets,
      pepper: this.pepper,
      signingKeys: this.signingKeys,
      mail: this.mail,
      logGroup: this.auditTrail.logGroup,
      trustedOrigins: props.trustedOrigins,
      adminNetworks: props.adminNetworks,
      clientAddress: clientAddress ?? props.clientAddress,
      jwksUri: this.keySetDistribution?.jwksUri,
      tokenAudience: props.tokenAudience,
      tokenAlgorithms: props.tokenAlgorithms,
      authOptions: props.authOptions,
      code: props.code?.auth,
      memorySize: props.memorySize,
      reservedConcurrency: props.reservedConcurrency,
      provisionedConcurrency: props.provisionedConcurrency,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
      tracing: props.tracing,
    });
    // A key is at the edge before the function signs with it, and its address answers before discovery names it.
    if (this.keySetDistribution) this.authFunction.function.node.addDependency(this.keySetDistribution);
    this.api.serve(this.authFunction.alias);
    const front = createFront(this, props, { api: this.api, originSecrets, logs });
    this.firewall = front.firewall;
    this.edgeFirewall = front.edgeFirewall;
    this.edgeDistribution = front.edgeDistribution;
    this.alarms = new Alarms(this, 'Alarms', {
      api: this.api,
      authFunction: this.authFunction,
      mail: this.mail,
      identityTable: this.identityTable,
      rateLimitTable: this.rateLimitTable,
      firewall: this.firewall,
      topic: props.alarmTopic,
      email: props.alarmEmail,
      encryptionKey: logsKey,
    });
    const rollout = props.rollout ?? (prod ? 'canary' : 'all-at-once');
    if (rollout !== 'all-at-once') {
      const { alias } = this.authFunction;
      new GradualDeployment(this, 'Rollout', { alias, api: this.api, topic: this.alarms.topic, rollout });
    }
  }
}

/** Throws what would be refused at deployment, do nothing, or make prod weaker than it may be. */
function requireConsistency(scope: Construct, props: GatehouseProps): void {
  const { identityReadCeiling, identityWriteCeiling, rateLimitWriteCeiling } = props;
  if (props.alarmTopic && props.alarmEmail) {
    throw new Error('alarmTopic: excludes alarmEmail; subscribe it to your topic');
  }
  requireNoProblems([
    ...settingProblems(props),
    ...frontProblems(scope, props),
    ...tableProblems({ identityReadCeiling, identityWriteCeiling, rateLimitWriteCeiling }, {}),
    ...broughtTableProblems({
      identityTable: [props.identityTable, { identityReadCeiling, identityWriteCeiling }],
      rateLimitTable: [props.rateLimitTable, { rateLimitWriteCeiling }],
    }),
    ...strengthProblems({
      ...props,
      domain: ['domainName', props.domainName !== undefined],
      retention: { auditRetention: props.auditRetention, logRetention: props.logRetention },
    }),
    ...mailProblems({
      from: ['mailFrom', props.mailFrom],
      identity: {
        mailVerify: props.mailVerify,
        mailIdentity: props.mailIdentity?.emailIdentityName,
        mailHostedZone: props.mailHostedZone?.zoneName,
      },
    }),
  ]);
}
