import { CfnOutput, DefaultStackSynthesizer, Duration, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone, PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { EmailIdentity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { Stage } from '../contract/environment.ts';
import { routes } from '../contract/routes.ts';
import { checkStage, type StageConfig } from './config.ts';
import { Gatehouse, type GatehouseProps } from './gatehouse.ts';
import { lockedKeys, type SigningKeyLock } from './signing-key-lock.ts';

export interface GatehouseStackProps extends Omit<StackProps, 'env'> {
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
    const { account, region, domain, mail, ...settings } = checkStage(stage, config);
    super(scope, id, {
      description: `Gatehouse: authentication (${stage})`,
      terminationProtection: stage === 'prod',
      ...(settings.bootstrapQualifier && {
        synthesizer: new DefaultStackSynthesizer({ qualifier: settings.bootstrapQualifier }),
      }),
      ...stackProps,
      env: { account, region },
    });
    Tags.of(this).add('gatehouse:stage', stage);
    const zone = domain?.hostedZone;
    const mailZone = mail.hostedZone;
    this.gatehouse = new Gatehouse(this, 'Gatehouse', {
      ...settings,
      stage,
      code,
      domainName: domain?.name,
      certificate: domain?.certificateArn
        ? Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn)
        : undefined,
      hostedZone:
        zone && HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: zone.id, zoneName: zone.name }),
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
      logRetention: settings.logRetentionDays,
    });
    const { baseUrl } = this.gatehouse;
    new CfnOutput(this, 'BaseUrl', {
      value: baseUrl,
      description: 'The public base URL, and the issuer of the tokens',
    });
    new CfnOutput(this, 'JwksUri', { value: `${baseUrl}${routes.jwks}`, description: 'The public signing keys' });
  }
}

const minutes = (amount: number | undefined): Duration | undefined =>
  amount === undefined ? undefined : Duration.minutes(amount);
