import { Names, Stack, Token } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnIPSet, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { ResponseBody } from './action.ts';
import type { FirewallRule } from './firewall-rule.ts';
import { FirewallRules } from './firewall-rules.ts';
import { type FirewallLogDestination, ownLogGroup } from './log-destination.ts';
import { dataProtection, logWebAcl, type Redaction } from './logging.ts';
import type { FirewallScope } from './match.ts';
import { inOrder } from './order.ts';
import { type Protectable, protect } from './protect.ts';
import { requireOneOf } from './require.ts';

export interface FirewallProps extends Redaction {
  /** In the order in which AWS WAF asks them. @default - `FirewallRules.gatehouse()`, for an authentication API */
  readonly rules?: readonly FirewallRule[];
  /** `CLOUDFRONT` protects distributions, from a stack in us-east-1 only. @default 'REGIONAL' */
  readonly scope?: FirewallScope;
  /** What happens to a request that no rule ends. @default 'allow' */
  readonly defaultAction?: 'allow' | 'block';
  /** The rules need fewer capacity units than this; above 1,500 AWS charges extra, and 5,000 is the end. @default 1500 */
  readonly maxCapacity?: number;
  /** Let a rule that allows stand before rules that block. WARNING: what it allows, they never see. @default false */
  readonly allowBeforeBlock?: boolean;
  /** KB of a body that API Gateway or CloudFront hand over; more than 16 costs extra. @default 16 */
  readonly inspectedBody?: 16 | 32 | 48 | 64;
  /** Domains whose tokens count, beside the resource's own, for captchas and challenges. @default - none */
  readonly tokenDomains?: readonly string[];
  /** What people see of it in AWS's console. */
  readonly description?: string;
  /** Where it logs to; excludes `logsKey` and `logRetention`. @default - an encrypted log group of its own, kept with the stack gone */
  readonly logDestination?: FirewallLogDestination;
  /** Encrypts that log group. @default - a new customer-managed key */
  readonly logsKey?: IKey;
  /** How long that log group keeps lines. @default - 1 year */
  readonly logRetention?: RetentionDays;
}

/** Which rule a metric is about. */
export interface FirewallMetricOptions extends MetricOptions {
  /** The name of one rule. @default - all of them */
  readonly rule?: string;
}

/** A web ACL of AWS WAF in front of REST APIs, load balancers or CloudFront distributions. */
export class Firewall extends Construct {
  readonly webAcl: CfnWebACL;
  /** Web ACL capacity units in use; an upper bound. */
  readonly capacity: number;
  private readonly scope: FirewallScope;
  private readonly metricName: string;
  private readonly ruleNames: readonly string[];

  constructor(scope: Construct, id: string, props: FirewallProps = {}) {
    super(scope, id);
    this.scope = requireOneOf('scope', props.scope ?? 'REGIONAL', ['REGIONAL', 'CLOUDFRONT']);
    this.requireRegion();
    const given = props.rules ?? FirewallRules.gatehouse();
    this.ruleNames = given.map(({ name }) => name);
    const { rules, capacity } = inOrder(
      { construct: this, scope: this.scope },
      {
        rules: given,
        maxCapacity: props.maxCapacity ?? 1500,
        allowBeforeBlock: props.allowBeforeBlock ?? false,
        visibility,
      },
    );
    this.capacity = capacity;
    this.metricName = Names.uniqueResourceName(this, { maxLength: 64 });
    this.webAcl = new CfnWebACL(this, 'Resource', {
      scope: this.scope,
      description: props.description ?? 'Gatehouse: in front of the authentication API',
      defaultAction: { [requireOneOf('defaultAction', props.defaultAction ?? 'allow', ['allow', 'block'])]: {} },
      customResponseBodies: responseBodies(given),
      rules,
      tokenDomains: props.tokenDomains && [...props.tokenDomains],
      associationConfig: inspectedBody(props.inspectedBody, this.scope),
      dataProtectionConfig: dataProtection(props),
      visibilityConfig: visibility(this.metricName),
    });
    if (props.logDestination && (props.logsKey || props.logRetention)) {
      throw new Error('logDestination: excludes logsKey and logRetention; they are settings of your destination');
    }
    logWebAcl(this, this.webAclArn, (props.logDestination ?? ownLogGroup(this, props)).arn, props);
  }

  get webAclArn(): string {
    return this.webAcl.attrArn;
  }

  /**
   * Puts the firewall in front of a REST API's stage, an application load balancer or a distribution. `id` tells several regional
   * resources apart.
   */
  protect(resource: Protectable, id = 'Association'): void {
    protect(this, id, { webAclArn: this.webAclArn, scope: this.scope }, resource);
  }

  /** Lets someone, such as an operator's role, read and write the IP sets that the firewall's rules made. */
  grantEditNetworks(grantee: IGrantable): Grant {
    const sets = this.node.children.filter((child) => child instanceof CfnIPSet);
    if (sets.length === 0) {
      throw new Error('grantEditNetworks: the rules made no IP sets; allowed with FirewallMatch.networks in a rule');
    }
    return Grant.addToPrincipal({
      grantee,
      actions: ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'],
      resourceArns: sets.map(({ attrArn }) => attrArn),
    });
  }

  /** Requests that rules, or one rule, blocked. */
  metricBlocked(options?: FirewallMetricOptions): Metric {
    return this.metric('BlockedRequests', options);
  }

  /** Requests that came in, or that one rule allowed. */
  metricAllowed(options?: FirewallMetricOptions): Metric {
    return this.metric('AllowedRequests', options);
  }

  /** Requests that rules, or one rule, counted. */
  metricCounted(options?: FirewallMetricOptions): Metric {
    return this.metric('CountedRequests', options);
  }

  /** Any metric of AWS WAF, such as 'CaptchaRequests'. Those of a firewall for CloudFront are in us-east-1. */
  metric(metricName: string, { rule, ...options }: FirewallMetricOptions = {}): Metric {
    if (rule !== undefined) requireOneOf('rule', rule, this.ruleNames);
    return new Metric({
      namespace: 'AWS/WAFV2',
      metricName,
      dimensionsMap: {
        WebACL: this.metricName,
        ...(this.scope === 'REGIONAL' && { Region: Stack.of(this).region }),
        Rule: rule ?? 'ALL',
      },
      statistic: 'Sum',
      ...options,
    });
  }

  private requireRegion(): void {
    const { region } = Stack.of(this);
    if (this.scope === 'REGIONAL' || Token.isUnresolved(region) || region === 'us-east-1') return;
    throw new Error(`scope: 'CLOUDFRONT' is not allowed in a stack in '${region}'; allowed in 'us-east-1'`);
  }
}

/** Samples would show cookies and tokens to whoever may look at the firewall, so there are none. */
const visibility = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
  metricName,
});

function responseBodies(
  rules: readonly FirewallRule[],
): Record<string, CfnWebACL.CustomResponseBodyProperty> | undefined {
  const bodies = new Map<string, ResponseBody>();
  for (const { action } of rules) {
    if (!action?.body) continue;
    const { name, content, contentType } = action.body;
    const other = bodies.get(name);
    if (other && (other.content !== content || other.contentType !== contentType)) {
      throw new Error(`body.name: '${name}' stands for two bodies; allowed is one`);
    }
    bodies.set(name, action.body);
  }
  if (bodies.size === 0) return undefined;
  return Object.fromEntries([...bodies].map(([name, { content, contentType }]) => [name, { content, contentType }]));
}

function inspectedBody(
  kilobytes: FirewallProps['inspectedBody'] = 16,
  scope: FirewallScope,
): CfnWebACL.AssociationConfigProperty | undefined {
  requireOneOf('inspectedBody', kilobytes, [16, 32, 48, 64]);
  if (kilobytes === 16) return undefined;
  const limit = { defaultSizeInspectionLimit: `KB_${kilobytes}` };
  return { requestBody: { [scope === 'REGIONAL' ? 'API_GATEWAY' : 'CLOUDFRONT']: limit } };
}
