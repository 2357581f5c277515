import { CfnOutput, DefaultStackSynthesizer, Duration, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SecurityPolicyProtocol } from 'aws-cdk-lib/aws-cloudfront';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { HostedZone, type IHostedZone, PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { EmailIdentity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { Stage } from '../contract/environment.ts';
import type { ArchiveSettings } from './audit-trail/archive-settings.ts';
import { checkStage, type StageConfig } from './config.ts';
import { Gatehouse } from './gatehouse.ts';
import type { GatehouseProps } from './gatehouse-props.ts';
import { lockedKeys, type SigningKeyLock } from './signing-key-lock.ts';

export interface GatehouseStackProps extends Omit<StackProps, 'env'> {
  /** `prod` refuses what makes it weaker. */
  readonly stage: Stage;
  /** The settings of the stage, as in gatehouse.config.ts. */
  readonly config: StageConfig;
  /** The lock file of the signing keys; synthesis refuses steps that do not follow from it. @default - deployment alone refuses */
  readonly signingKeyLock?: SigningKeyLock;
  /** Code of all functions instead of Gatehouse's own, by name. @default - Gatehouse's own */
  readonly code?: GatehouseProps['code'];
}

/** A stack with one Gatehouse, from plain settings. To bring existing resources, put a `Gatehouse` into a stack of your own. */
export class GatehouseStack extends Stack {
  readonly gatehouse: Gatehouse;

  constructor(scope: Construct, id: string, props: GatehouseStackProps) {
    const { stage, config, code, signingKeyLock, ...stackProps } = props;
    const {
      account,
      region,
      audit,
      domain,
      clientAddress,
      cloudFront,
      keySetDistribution,
      mail,
      minimumTls,
      tags,
      ...settings
    } = checkStage(stage, config);
    if (stage === 'prod' && stackProps.terminationProtection === false) {
      throw new Error("terminationProtection: 'false' is not allowed in stage 'prod'; allowed is 'true'");
    }
    super(scope, id, {
      description: `Gatehouse: authentication (${stage})`,
      terminationProtection: stage === 'prod',
      ...(settings.bootstrapQualifier && {
        synthesizer: new DefaultStackSynthesizer({ qualifier: settings.bootstrapQualifier }),
      }),
      ...stackProps,
      env: { account, region },
    });
    for (const [key, value] of Object.entries({ ...tags, 'gatehouse:stage': stage })) Tags.of(this).add(key, value);
    const mailZone = mail.hostedZone;
    this.gatehouse = new Gatehouse(this, 'Gatehouse', {
      ...settings,
      stage,
      code,
      // Clients speak to CloudFront then, and CloudFront TLS 1.2 to the API.
      securityPolicy: minimumTls === '1.3' && !cloudFront ? SecurityPolicy.TLS13_1_3_2025_09 : undefined,
      cloudFront: cloudFront && {
        ...cloudFront,
        certificate: Certificate.fromCertificateArn(this, 'EdgeCertificate', cloudFront.certificateArn),
        minimumProtocolVersion: minimumTls === '1.3' ? SecurityPolicyProtocol.TLS_V1_3_2025 : undefined,
      },
      domainName: domain?.name,
      certificate: domain?.certificateArn
        ? Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn)
        : undefined,
      hostedZone: domain?.hostedZone && importZone(this, 'Zone', domain.hostedZone),
      keySetDistribution: keySetDistribution && {
        domainName: keySetDistribution.name,
        certificate: Certificate.fromCertificateArn(this, 'KeySetCertificate', keySetDistribution.certificateArn),
        hostedZone: keySetDistribution.hostedZone && importZone(this, 'KeySetZone', keySetDistribution.hostedZone),
        inDiscovery: keySetDistribution.inDiscovery,
      },
      clientAddress: clientAddress && {
        from: clientAddress.from,
        header: clientAddress.header,
        originSecret: Secret.fromSecretCompleteArn(this, 'OriginSecret', clientAddress.originSecretArn),
      },
      mailFrom: mail.from,
      mailVerify: mail.verify,
      mailIdentity: mail.existingIdentity
        ? EmailIdentity.fromEmailIdentityName(this, 'MailIdentity', mail.existingIdentity)
        : undefined,
      mailHostedZone:
        mailZone &&
        PublicHostedZone.fromPublicHostedZoneAttributes(this, 'MailZone', {
          hostedZoneId: mailZone.id,
          zoneName: mailZone.name,
        }),
      signingKeyLock: signingKeyLock && lockedKeys(signingKeyLock, stage, region),
      keyPublishWait: minutes(settings.keyPublishWaitMinutes),
      keyDropWait: minutes(settings.keyDropWaitMinutes),
      auditRetention: settings.auditRetentionDays,
      auditArchive: auditArchive(audit),
      trailLogGroup: audit?.trailLogGroupName
        ? LogGroup.fromLogGroupName(this, 'TrailLogGroup', audit.trailLogGroupName)
        : undefined,
      tamperRules: audit?.tamperRules,
      logRetention: settings.logRetentionDays,
    });
    const { baseUrl, jwksUri, identityTable, rateLimitTable, keySetDistribution: edge } = this.gatehouse;
    const { secret, auditTrail } = this.gatehouse;
    new CfnOutput(this, 'BaseUrl', {
      value: baseUrl,
      description: 'The public base URL, and the issuer of the tokens',
    });
    new CfnOutput(this, 'JwksUri', { value: jwksUri, description: 'The public signing keys' });
    new CfnOutput(this, 'IdentityTableName', {
      value: identityTable.tableName,
      description: 'The table of users and sessions',
    });
    new CfnOutput(this, 'RateLimitTableName', {
      value: rateLimitTable.tableName,
      description: 'The table of limits, with the network lists that operators edit',
    });
    new CfnOutput(this, 'AuthSecretArn', {
      value: secret.secretArn,
      description: "Where Better Auth's secret is, which npm run secrets rotates",
    });
    new CfnOutput(this, 'AuditLogGroupName', {
      value: auditTrail.logGroup.logGroupName,
      description: 'The log group of the audit events',
    });
    if (this.gatehouse.providerSecrets) {
      new CfnOutput(this, 'ProviderSecretsArn', {
        value: this.gatehouse.providerSecrets.secretArn,
        description: 'Where the client secrets of social providers are put',
      });
    }
    if (this.gatehouse.edgeDistribution) {
      new CfnOutput(this, 'EdgeDistributionName', {
        value: this.gatehouse.edgeDistribution.distribution.distributionDomainName,
        description: 'Where the name of the API has to point to, behind CloudFront',
      });
    }
    if (edge) {
      new CfnOutput(this, 'KeySetDistributionName', {
        value: edge.distribution.distributionDomainName,
        description: 'Where the name of the key set has to point to',
      });
    }
  }
}

const importZone = (scope: Construct, id: string, zone: { id: string; name: string }): IHostedZone =>
  HostedZone.fromHostedZoneAttributes(scope, id, { hostedZoneId: zone.id, zoneName: zone.name });

function auditArchive(audit: StageConfig['audit']): boolean | ArchiveSettings | undefined {
  const { archive, archiveDays, archiveLock } = audit ?? {};
  if (archiveDays === undefined && archiveLock === undefined) return archive;
  return { retention: archiveDays === undefined ? undefined : Duration.days(archiveDays), lock: archiveLock };
}

const minutes = (amount: number | undefined): Duration | undefined =>
  amount === undefined ? undefined : Duration.minutes(amount);
