import { Stack, Validations } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { SecurityPolicyProtocol } from 'aws-cdk-lib/aws-cloudfront';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { originSecretHeader } from '../contract/client-address.ts';
import type { SettingProblem } from '../contract/settings.ts';
import type { AuthApi } from './auth-api.ts';
import type { ClientAddressProps } from './client-address.ts';
import { EdgeDistribution } from './edge-distribution.ts';
import { type EdgePhase, edgeProblems } from './edge-settings.ts';
import { Firewall } from './firewall/firewall.ts';
import type { FirewallRule } from './firewall/firewall-rule.ts';
import { FirewallRules, type GatehouseRulesProps } from './firewall/firewall-rules.ts';
import { associateWebAcl } from './firewall/protect.ts';
import { OriginSecrets } from './origin-secrets.ts';

/** CloudFront in front of the API. */
export interface CloudFrontProps {
  /** A certificate for the API's name in us-east-1, where CloudFront looks for certificates. */
  readonly certificate: ICertificate;
  /** A web ACL for CloudFront, with rules of its own. @default - a new `Firewall`, in a stack in us-east-1 only */
  readonly webAclArn?: string;
  /** Names of the secrets by which the API knows the distribution: see `OriginSecrets`. @default - ['a'] */
  readonly originSecrets?: readonly string[];
  /** For an API that is in use already, to move without an interruption: see `docs/cloudfront.md`. @default 'locked' */
  readonly phase?: EdgePhase;
  /** TLS versions and ciphers between clients and CloudFront. @default - TLS 1.2 and 1.3 with forward secrecy */
  readonly minimumProtocolVersion?: SecurityPolicyProtocol;
}

/** What stands in front of the API. */
export interface FrontProps {
  /** Networks that are blocked, in CIDR notation. @default - none */
  readonly blockedNetworks?: readonly string[];
  /** The only networks that reach the admin endpoints. @default - none, so nobody does */
  readonly adminNetworks?: readonly string[];
  /** Limits, countries and trusted networks of the firewall. @default - see `GatehouseRulesProps` */
  readonly firewall?: Omit<GatehouseRulesProps, 'blockedNetworks' | 'adminNetworks'>;
  /**
   * All rules of the firewall, in their order, in place of those three settings; `FirewallRules.gatehouse` makes the usual ones.
   * @default - made of those settings
   */
  readonly firewallRules?: readonly FirewallRule[];
  /** An existing web ACL to use, with rules of its own. @default - a new `Firewall` */
  readonly webAclArn?: string;
  /** CloudFront in front of the API, which then takes requests from there only. @default - none */
  readonly cloudFront?: CloudFrontProps;
  /** What else stands in front of the API and tells the client's address. @default - nothing: API Gateway's own */
  readonly clientAddress?: ClientAddressProps;
}

interface FrontSettings extends FrontProps {
  readonly domainName?: string;
}

/** What contradicts itself, would fail the deployment, or would leave a hole. */
export function frontProblems(scope: Construct, props: FrontSettings): SettingProblem[] {
  const { cloudFront, webAclArn, firewallRules } = props;
  const excluded = ['blockedNetworks', 'firewall', ...(webAclArn ? ['firewallRules'] : [])] as const;
  const given = excluded.filter((setting) => props[setting as keyof FrontProps] !== undefined);
  const problems: SettingProblem[] = [];
  if (given.length > 0 && (webAclArn || firewallRules)) {
    const setting = webAclArn ? 'webAclArn' : 'firewallRules';
    problems.push({ setting, message: `excludes ${given.join(' and ')}; set them as rules of your own` });
  }
  if (!cloudFront) return problems;
  const unheard = (['blockedNetworks', 'firewall', 'firewallRules'] as const).filter((setting) => props[setting]);
  if (cloudFront.webAclArn && isLocked(cloudFront) && unheard.length > 0) {
    const message = `excludes ${unheard.join(' and ')}; set them as rules of that web ACL`;
    problems.push({ setting: 'cloudFront.webAclArn', message });
  }
  return [
    ...problems,
    ...edgeProblems({
      setting: 'cloudFront',
      domain: ['domainName', props.domainName],
      certificateArn: ['cloudFront.certificate', cloudFront.certificate.certificateArn],
      webAclArn: cloudFront.webAclArn,
      originSecrets: cloudFront.originSecrets,
      region: Stack.of(scope).region,
      hasClientAddress: props.clientAddress !== undefined,
    }),
  ];
}

/** The secrets by which the API knows its distribution, and where the function finds the client's address once it is locked. */
export function edgeSecrets(
  scope: Construct,
  { cloudFront }: FrontProps,
  encryptionKey: IKey,
): { readonly originSecrets?: OriginSecrets; readonly clientAddress?: ClientAddressProps } {
  if (!cloudFront) return {};
  const originSecrets = new OriginSecrets(scope, 'OriginSecrets', { ids: cloudFront.originSecrets, encryptionKey });
  if (!isLocked(cloudFront)) return { originSecrets };
  return { originSecrets, clientAddress: { from: 'cloudfront', originSecret: originSecrets.list } };
}

export interface Front {
  /** In front of the API; absent when `webAclArn` is given. */
  readonly firewall?: Firewall;
  /** In front of CloudFront; absent unless this stack makes it. */
  readonly edgeFirewall?: Firewall;
  readonly edgeDistribution?: EdgeDistribution;
}

interface FrontInput {
  readonly api: AuthApi;
  readonly originSecrets: OriginSecrets | undefined;
  readonly logs: { readonly logsKey: IKey; readonly logRetention: RetentionDays };
}

export function createFront(scope: Construct, props: FrontProps, input: FrontInput): Front {
  const { cloudFront, webAclArn } = props;
  const { api, originSecrets, logs } = input;
  const locked = cloudFront && originSecrets && isLocked(cloudFront) ? originSecrets : undefined;
  const firewall = webAclArn ? undefined : regionalFirewall(scope, props, locked, logs);
  firewall?.protect(api.stage);
  if (webAclArn) associateWebAcl(scope, 'WebAcl', webAclArn, api.stage);
  if (!cloudFront || !originSecrets) return { firewall };
  const { certificate, minimumProtocolVersion, phase } = cloudFront;
  const edgeFirewall = cloudFront.webAclArn
    ? undefined
    : new Firewall(scope, 'EdgeFirewall', {
        ...logs,
        scope: 'CLOUDFRONT',
        description: 'Gatehouse: in front of CloudFront',
        rules: usualRules(props),
      });
  const edgeDistribution = new EdgeDistribution(scope, 'EdgeDistribution', {
    api,
    certificate,
    minimumProtocolVersion,
    originSecrets,
    webAclArn: cloudFront.webAclArn ?? edgeFirewall!.webAclArn,
    records: phase !== 'test',
  });
  // A new secret is accepted before it is sent.
  if (firewall) edgeDistribution.distribution.node.addDependency(firewall.webAcl);
  return { firewall, edgeFirewall, edgeDistribution };
}

function regionalFirewall(
  scope: Construct,
  props: FrontProps,
  locked: OriginSecrets | undefined,
  logs: FrontInput['logs'],
): Firewall {
  const rules = locked
    ? FirewallRules.behindCloudFront({ header: originSecretHeader, secrets: locked.accepted })
    : usualRules(props);
  const firewall = new Firewall(scope, 'Firewall', { ...logs, rules });
  if (locked) {
    Validations.of(firewall.webAcl).acknowledge({
      id: 'GatehouseChecks::FirewallLimitsCredentials',
      reason:
        "It lets nothing in but what comes from CloudFront, whose addresses it sees in place of the clients'. The rates are those of the web ACL at the edge.",
    });
  }
  return firewall;
}

const usualRules = ({ firewallRules, firewall, blockedNetworks, adminNetworks }: FrontProps) =>
  firewallRules ?? FirewallRules.gatehouse({ ...firewall, blockedNetworks, adminNetworks });

const isLocked = ({ phase = 'locked' }: CloudFrontProps): boolean => phase === 'locked';
