import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { routes } from '../contract/routes.ts';
import { Alarms } from './alarms/alarms.ts';
import { alarmPeriod, type Watched } from './alarms/watched.ts';
import { AuditTrail } from './audit-trail/audit-trail.ts';
import { TamperRules } from './audit-trail/tamper-rules.ts';
import { AuthApi } from './auth-api.ts';
import { AuthFunction } from './auth-function.ts';
import { AuthSecrets } from './auth-secrets.ts';
import { Dashboard } from './dashboard/dashboard.ts';
import type { EdgeDistribution } from './edge-distribution.ts';
import { encryptionKey } from './encryption-key.ts';
import type { Firewall } from './firewall/firewall.ts';
import { requireConsistency } from './gatehouse-consistency.ts';
import { createFront, edgeSecrets } from './gatehouse-front.ts';
import type { GatehouseProps } from './gatehouse-props.ts';
import { GradualDeployment } from './gradual-deployment.ts';
import { tableRemovalPolicy } from './hardened-table.ts';
import { IdentityTable } from './identity-table.ts';
import { KeySetDistribution } from './key-set-distribution.ts';
import { Mail } from './mail.ts';
import { PepperSecret } from './pepper-secret.ts';
import { ProviderSecrets } from './provider-secrets.ts';
import { RateLimitTable } from './rate-limit-table.ts';
import { SigningKeys } from './signing-keys.ts';

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
  /** Absent in dev, unless it is asked for. */
  readonly dashboard?: Dashboard;

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
    this.auditTrail = new AuditTrail(this, 'AuditTrail', {
      encryptionKey: logsKey,
      logGroup: props.auditLogGroup,
      retention: props.auditRetention,
      archive: props.auditArchive ?? prod,
      logRetention: logs.logRetention,
      trailLogGroup: props.trailLogGroup,
      signingKeys: this.signingKeys,
    });
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
    const watched: Watched = {
      api: this.api,
      authFunction: this.authFunction,
      mail: this.mail,
      identityTable: this.identityTable,
      rateLimitTable: this.rateLimitTable,
      firewall: this.firewall,
      edgeFirewall: this.edgeFirewall,
      signCalls: this.auditTrail.metricSignCalls(),
      archiveFreshness: this.auditTrail.metricDeliveryFreshness({ period: alarmPeriod }),
      archiveFailures: this.auditTrail.metricArchiveFailures({ period: alarmPeriod }),
    };
    this.alarms = new Alarms(this, 'Alarms', {
      ...watched,
      topic: props.alarmTopic,
      email: props.alarmEmail,
      encryptionKey: logsKey,
      thresholds: props.alarmThresholds,
      expectTraffic: props.expectTraffic,
      runbookUrl: props.runbookUrl,
    });
    if (props.dashboard ?? prod) {
      this.dashboard = new Dashboard(this, 'Dashboard', {
        ...watched,
        alarms: this.alarms,
        logGroups: [this.auditTrail.logGroup],
        memorySize: props.memorySize,
      });
    }
    if (props.tamperRules ?? true) {
      new TamperRules(this, 'TamperRules', {
        topic: this.alarms.topic,
        topicKey: props.alarmTopic ? undefined : logsKey,
        signingKeys: this.signingKeys,
        encryptionKeys: [dataKey, logsKey],
        tables: [this.identityTable, this.rateLimitTable],
        secrets: [this.secret, this.providerSecrets, this.pepper].filter((secret) => secret !== undefined),
        functions: [this.authFunction.function, this.mail.mailer],
        api: this.api.api,
        firewall: this.firewall,
        auditTrail: this.auditTrail,
        bootstrapQualifier: props.bootstrapQualifier,
      });
    }
    const rollout = props.rollout ?? (prod ? 'canary' : 'all-at-once');
    if (rollout !== 'all-at-once') {
      const { alias } = this.authFunction;
      new GradualDeployment(this, 'Rollout', {
        alias,
        api: this.api,
        topic: this.alarms.topic,
        rollout,
        runbookUrl: props.runbookUrl,
      });
    }
  }
}
