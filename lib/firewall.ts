import { ArnFormat, Aws, Fn, Names, Stack } from 'aws-cdk-lib';
import type { IStage } from 'aws-cdk-lib/aws-apigateway';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnIPSet, CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { encryptionKey } from './encryption-key.ts';
import { managedRules } from './firewall-managed-rules.ts';
import {
  adminOnlyFrom,
  blockNetworks,
  type FirewallRule,
  limitBody,
  limitCredentialRate,
  limitRate,
  responseBodies,
} from './firewall-rules.ts';
import { encryptedLogGroup } from './log-group.ts';
import { networksByVersion } from './networks.ts';

export interface FirewallProps {
  /** Networks that get no answer but 403, in CIDR notation. Operators may edit the IP sets in place. @default - none */
  readonly blockedNetworks?: readonly string[];
  /** The only networks that reach the admin endpoints, in CIDR notation. @default - none, so nobody does */
  readonly adminNetworks?: readonly string[];
  /** Requests per source address in 5 minutes. @default - 2000 */
  readonly rateLimit?: number;
  /** Requests with credentials per source address in 5 minutes. @default - 200 */
  readonly credentialRateLimit?: number;
  /** Encrypts the log. @default - a new customer-managed key */
  readonly logsKey?: IKey;
  /** How long the log is kept. @default - 1 year */
  readonly logRetention?: RetentionDays;
}

/** What AWS includes in the price of a web ACL; more costs extra by request. */
const maxCapacity = 1500;

/** The web ACL. Blocks come first, and no rule allows: what one rule lets pass, the next still sees. */
export class Firewall extends Construct {
  readonly webAcl: CfnWebACL;
  /** Web ACL capacity units in use; an upper bound. */
  readonly capacity: number;
  private readonly metricName: string;

  constructor(scope: Construct, id: string, props: FirewallProps = {}) {
    super(scope, id);
    const rules = this.rules(props);
    this.capacity = rules.reduce((sum, rule) => sum + rule.capacity, 0);
    if (this.capacity >= maxCapacity) {
      throw new Error(`the rules need ${this.capacity} capacity units; fewer than ${maxCapacity} are allowed`);
    }
    this.metricName = Names.uniqueResourceName(this, { maxLength: 64 });
    this.webAcl = new CfnWebACL(this, 'Resource', {
      scope: 'REGIONAL',
      description: 'Gatehouse: in front of the authentication API',
      defaultAction: { allow: {} },
      customResponseBodies: responseBodies,
      rules: rules.map(({ capacity, ...rule }, priority) => ({
        ...rule,
        priority,
        visibilityConfig: visibility(rule.name),
      })),
      visibilityConfig: visibility(this.metricName),
    });
    this.log(props);
  }

  /** Puts the firewall in front of a REST API's stage. */
  protect(stage: IStage): void {
    associateWebAcl(this, 'Association', this.webAcl.attrArn, stage);
  }

  /** Requests that any rule blocked. */
  metricBlocked(options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/WAFV2',
      metricName: 'BlockedRequests',
      dimensionsMap: { WebACL: this.metricName, Region: Stack.of(this).region, Rule: 'ALL' },
      statistic: 'Sum',
      ...options,
    });
  }

  private rules(props: FirewallProps): FirewallRule[] {
    const rateLimit = requireLimit('rateLimit', props.rateLimit ?? 2000);
    const credentialRateLimit = requireLimit('credentialRateLimit', props.credentialRateLimit ?? 200);
    if (credentialRateLimit > rateLimit) {
      throw new Error(
        `credentialRateLimit: ${credentialRateLimit} is above rateLimit; at most ${rateLimit} is allowed`,
      );
    }
    return [
      blockNetworks(this.ipSets('Blocked', 'blockedNetworks', props.blockedNetworks)),
      adminOnlyFrom(this.ipSets('Admin', 'adminNetworks', props.adminNetworks)),
      limitBody(),
      limitRate(rateLimit),
      limitCredentialRate(credentialRateLimit),
      ...managedRules(),
    ];
  }

  private ipSets(id: string, setting: string, networks: readonly string[] = []): string[] {
    const { ipv4, ipv6 } = networksByVersion(setting, networks);
    const set = (version: 'V4' | 'V6', addresses: string[]) =>
      new CfnIPSet(this, `${id}Ip${version.toLowerCase()}`, {
        scope: 'REGIONAL',
        ipAddressVersion: `IP${version}`,
        addresses,
      }).attrArn;
    return [set('V4', ipv4), set('V6', ipv6)];
  }

  /**
   * Logs what was blocked or counted, and the access log has the rest. Mailed links carry tokens in path and query, so those
   * are redacted as well: the extended request id leads to the access log's line, which names the route.
   */
  private log(props: FirewallProps): void {
    const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const logGroup = encryptedLogGroup(this, 'Logs', {
      encryptionKey: props.logsKey ?? encryptionKey(this, 'LogsKey', 'Gatehouse: firewall log'),
      retention: props.logRetention ?? RetentionDays.ONE_YEAR,
      // WAF demands the prefix. The group outlives the stack, so a name without the stack's id would be taken the next time.
      logGroupName: `aws-waf-logs-${Names.uniqueResourceName(this, { maxLength: 64 })}-${Fn.select(4, Fn.split('-', stackUuid))}`,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: logGroup.logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      redactedFields: [
        { singleHeader: { Name: 'authorization' } },
        { singleHeader: { Name: 'cookie' } },
        { queryString: {} },
        { uriPath: {} },
      ],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({ ActionCondition: { Action } })),
          },
        ],
      },
    });
  }
}

/** Puts any web ACL of the Region in front of a REST API's stage. */
export function associateWebAcl(scope: Construct, id: string, webAclArn: string, stage: IStage): void {
  const { restApiId } = stage.restApi;
  new CfnWebACLAssociation(scope, id, {
    webAclArn,
    resourceArn: `arn:${Aws.PARTITION}:apigateway:${Stack.of(stage).region}::/restapis/${restApiId}/stages/${stage.stageName}`,
  });
}

/** Samples would show cookies and tokens to whoever may look at the firewall, so there are none. */
const visibility = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
  metricName,
});

function requireLimit(setting: string, limit: number): number {
  if (Number.isInteger(limit) && limit >= 10 && limit <= 2_000_000_000) return limit;
  throw new Error(`${setting}: ${limit} is not allowed; allowed are whole numbers from 10 to 2000000000`);
}
