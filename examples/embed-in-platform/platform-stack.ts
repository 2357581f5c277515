import { Stack, type StackProps } from 'aws-cdk-lib';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type IManagedPolicy, ManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { AlarmTopic, Firewall, FirewallRules } from 'cdk-gatehouse';
import type { Construct } from 'constructs';

/** What a platform team has already. Yours looks otherwise: `Vpc.fromLookup`, `Key.fromKeyArn` and the like do as well. */
export class PlatformStack extends Stack {
  readonly vpc: IVpc;
  readonly dataKey: IKey;
  readonly logsKey: IKey;
  readonly alarmTopic: ITopic;
  readonly accessLogs: ILogGroup;
  readonly webAclArn: string;
  readonly boundary: IManagedPolicy;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC },
        { name: 'Private', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      ],
    });
    this.dataKey = new Key(this, 'DataKey', { enableKeyRotation: true });

    const logsKey = new Key(this, 'LogsKey', { enableKeyRotation: true });
    logsKey.grantEncryptDecrypt(new ServicePrincipal(`logs.${this.region}.amazonaws.com`));
    this.logsKey = logsKey;
    // Also lets CloudWatch publish, and use the key.
    this.alarmTopic = new AlarmTopic(this, 'Alarms', { encryptionKey: logsKey }).topic;
    this.accessLogs = new LogGroup(this, 'AccessLogs', { encryptionKey: logsKey, retention: RetentionDays.ONE_YEAR });

    const rules = FirewallRules.gatehouse({ blockedNetworks: ['192.0.2.0/24'], adminNetworks: ['198.51.100.0/24'] });
    this.webAclArn = new Firewall(this, 'Firewall', { rules, logsKey }).webAclArn;
    this.boundary = ManagedPolicy.fromManagedPolicyName(this, 'Boundary', 'PlatformBoundary');
  }
}
