import { Stack, type StackProps } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Firewall, FirewallAction, FirewallLog, FirewallMatch, FirewallRule } from 'cdk-gatehouse';
import type { Construct } from 'constructs';

/** A REST API that has nothing to do with Gatehouse, and its firewall, which logs to a bucket that is there already. */
export class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const api = new RestApi(this, 'Api', { cloudWatchRole: false });
    api.root.addResource('orders').addMethod('POST', new MockIntegration());
    api.root.addResource('admin').addMethod('GET', new MockIntegration());

    const office = FirewallMatch.networks('Office', ['198.51.100.0/24', '2001:db8:5::/48']);
    const firewall = new Firewall(this, 'Firewall', {
      description: 'In front of the shop',
      rules: [
        // Before the rules on paths: spellings that a firewall and a server may read in two ways.
        FirewallRule.match({
          name: 'DisguisedPath',
          match: FirewallMatch.disguisedPath(),
          action: FirewallAction.block({ status: 400 }),
        }),
        FirewallRule.match({
          name: 'AdminFromOffice',
          match: FirewallMatch.and(FirewallMatch.path('/admin(/|$)'), FirewallMatch.not(office)),
          action: FirewallAction.block(),
        }),
        FirewallRule.rate({
          name: 'OrdersPerSource',
          limit: 100,
          scope: FirewallMatch.path('/orders(/|$)'),
          action: FirewallAction.block({ status: 429 }),
        }),
        FirewallRule.managed({ group: 'AWSManagedRulesAmazonIpReputationList' }),
        FirewallRule.managed({ group: 'AWSManagedRulesKnownBadInputsRuleSet' }),
      ],
      logDestination: FirewallLog.s3(Bucket.fromBucketName(this, 'Logs', 'aws-waf-logs-platform'), 'shop'),
    });
    firewall.protect(api.deploymentStage);
    firewall.metricBlocked({ rule: 'OrdersPerSource' }).createAlarm(this, 'ManyOrders', {
      threshold: 1000,
      evaluationPeriods: 1,
    });
  }
}
