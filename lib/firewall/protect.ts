import { Aws, Stack } from 'aws-cdk-lib';
import type { IStage } from 'aws-cdk-lib/aws-apigateway';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { FirewallScope } from './match.ts';

/** What a firewall can stand in front of; `resourceArn` is any regional resource that AWS WAF takes, such as a user pool. */
export type Protectable = IStage | IApplicationLoadBalancer | Distribution | { readonly resourceArn: string };

interface ScopedAcl {
  readonly webAclArn: string;
  readonly scope: FirewallScope;
}

/** CloudFront has the web ACL in the distribution; everything else is associated with it. */
export function protect(scope: Construct, id: string, acl: ScopedAcl, resource: Protectable): void {
  if ('attachWebAclId' in resource) {
    requireScope(acl, 'CLOUDFRONT', 'a distribution');
    resource.attachWebAclId(acl.webAclArn);
    return;
  }
  requireScope(acl, 'REGIONAL', 'a resource of a Region');
  new CfnWebACLAssociation(scope, id, { webAclArn: acl.webAclArn, resourceArn: arnOf(resource) });
}

function requireScope({ scope }: ScopedAcl, needed: FirewallScope, what: string): void {
  if (scope !== needed) throw new Error(`scope: '${scope}' is not allowed for ${what}; allowed is '${needed}'`);
}

function arnOf(resource: Exclude<Protectable, Distribution>): string {
  if ('resourceArn' in resource) return resource.resourceArn;
  return 'loadBalancerArn' in resource ? resource.loadBalancerArn : stageArn(resource);
}

const stageArn = (stage: IStage): string =>
  `arn:${Aws.PARTITION}:apigateway:${Stack.of(stage).region}::/restapis/${stage.restApi.restApiId}/stages/${stage.stageName}`;

/** Puts any web ACL of the Region in front of a REST API's stage. */
export function associateWebAcl(scope: Construct, id: string, webAclArn: string, stage: IStage): void {
  protect(scope, id, { webAclArn, scope: 'REGIONAL' }, stage);
}
