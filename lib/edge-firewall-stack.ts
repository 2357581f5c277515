import { CfnOutput, DefaultStackSynthesizer, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Stage } from '../contract/environment.ts';
import { checkStage, type StageConfig } from './config.ts';
import { Firewall, type FirewallProps } from './firewall/firewall.ts';
import { FirewallRules } from './firewall/firewall-rules.ts';

export interface EdgeFirewallStackProps extends Omit<StackProps, 'env'> {
  /** The account to deploy to. @default - the account of the credentials */
  readonly account?: string;
  /** The firewall's settings. @default - those of a firewall for an authentication API */
  readonly firewall?: Omit<FirewallProps, 'scope'>;
}

/** A firewall for CloudFront, which has to be in us-east-1 wherever the API is. Pass `webAclArn` on to the stack of the API. */
export class EdgeFirewallStack extends Stack {
  readonly firewall: Firewall;

  constructor(scope: Construct, id: string, props: EdgeFirewallStackProps = {}) {
    const { account, firewall, ...stackProps } = props;
    super(scope, id, {
      description: 'Gatehouse: the firewall at the edge',
      ...stackProps,
      env: { account, region: 'us-east-1' },
    });
    this.firewall = new Firewall(this, 'GatehouseFirewall', {
      description: 'Gatehouse: in front of CloudFront',
      ...firewall,
      scope: 'CLOUDFRONT',
    });
    new CfnOutput(this, 'WebAclArn', { value: this.webAclArn, description: 'The web ACL, for a distribution' });
  }

  get webAclArn(): string {
    return this.firewall.webAclArn;
  }
}

/**
 * The settings of a stage, with a web ACL for its distribution. Where the stage's own stack cannot make one, a second stack does: `id` in
 * us-east-1.
 */
export function withEdgeFirewall(scope: Construct, id: string, stage: Stage, config: StageConfig): StageConfig {
  const { cloudFront, region } = config;
  if (!cloudFront || cloudFront.webAclArn || region === 'us-east-1') return config;
  const settings = checkStage(stage, config);
  const { firewall, blockedNetworks, adminNetworks, bootstrapQualifier: qualifier } = settings;
  const stack = new EdgeFirewallStack(scope, id, {
    account: settings.account,
    description: `Gatehouse: the firewall at the edge (${stage})`,
    terminationProtection: stage === 'prod',
    ...(qualifier && { synthesizer: new DefaultStackSynthesizer({ qualifier }) }),
    firewall: {
      rules: FirewallRules.gatehouse({ ...firewall, blockedNetworks, adminNetworks }),
      logRetention: settings.logRetentionDays ?? (stage === 'prod' ? 365 : 30),
    },
  });
  for (const [key, value] of Object.entries({ ...settings.tags, 'gatehouse:stage': stage })) {
    Tags.of(stack).add(key, value);
  }
  const guarded = { ...config, cloudFront: { ...cloudFront, webAclArn: stack.webAclArn } };
  // Until the API is locked, its own firewall keeps to the same rules.
  return (cloudFront.phase ?? 'locked') === 'locked'
    ? { ...guarded, blockedNetworks: undefined, firewall: undefined }
    : guarded;
}
