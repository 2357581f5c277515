import { describe, expect, test } from '@jest/globals';
import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  Firewall,
  FirewallAction,
  FirewallIpSet,
  FirewallLog,
  FirewallMatch,
  type FirewallProps,
  FirewallRule,
  RequestPart,
} from '../../../lib/index.ts';
import { resourceOf, resourcesOf, testApp, testStack } from '../support.ts';
import { synthesize } from './support.ts';

const block = (name: string, match = FirewallMatch.countries(['KP'])) =>
  FirewallRule.match({ name, match, action: FirewallAction.block() });
const allow = (name: string) =>
  FirewallRule.match({ name, match: FirewallMatch.label('known'), action: FirewallAction.allow() });

describe('the log', () => {
  const { template, webAcl } = synthesize({ redactedHeaders: ['X-Api-Key'] });
  const logging = resourceOf(template, 'AWS::WAFv2::LoggingConfiguration').Properties;

  test('shows no credentials, nor the links that carry tokens', () => {
    expect(logging.RedactedFields).toEqual([
      { SingleHeader: { Name: 'authorization' } },
      { SingleHeader: { Name: 'cookie' } },
      { SingleHeader: { Name: 'x-api-key' } },
      { QueryString: {} },
      { UriPath: {} },
    ]);
    for (const { VisibilityConfig } of [webAcl, ...webAcl.Rules]) {
      expect(VisibilityConfig.SampledRequestsEnabled).toBe(false);
    }
  });

  test('shows them in no details of a match either', () => {
    expect(webAcl.DataProtectionConfig.DataProtections).toEqual([
      {
        Action: 'SUBSTITUTION',
        Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization', 'cookie', 'x-api-key'] },
      },
      { Action: 'SUBSTITUTION', Field: { FieldType: 'QUERY_STRING' } },
      { Action: 'SUBSTITUTION', Field: { FieldType: 'BODY' } },
    ]);
  });

  test('keeps what a rule matched, or everything where that is asked for', () => {
    expect(logging.LoggingFilter.DefaultBehavior).toBe('DROP');
    expect(JSON.stringify(logging.LoggingFilter.Filters)).toContain('"Action":"BLOCK"');
    const { template: all } = synthesize({ logAllowed: true, logPaths: true });
    all.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      LoggingFilter: Match.absent(),
      RedactedFields: Match.not(Match.arrayWith([{ UriPath: {} }])),
    });
  });

  test('has the name and the ARN that AWS WAF accepts', () => {
    const [id, group] = Object.entries(resourcesOf(template, 'AWS::Logs::LogGroup'))[0]!;
    expect(JSON.stringify(group.Properties.LogGroupName)).toMatch(/"aws-waf-logs-/);
    expect(JSON.stringify(logging.LogDestinationConfigs)).toMatch(new RegExp(`:log-group:",\\{"Ref":"${id}"\\}\\]`));
  });

  test('goes to a group, a bucket or a stream of yours', () => {
    const stack = testStack();
    const destinations = [
      FirewallLog.cloudWatch(LogGroup.fromLogGroupName(stack, 'Group', 'aws-waf-logs-ours')),
      FirewallLog.s3(Bucket.fromBucketName(stack, 'Bucket', 'aws-waf-logs-ours'), 'auth'),
      FirewallLog.firehose(
        DeliveryStream.fromDeliveryStreamArn(
          stack,
          'Stream',
          'arn:aws:firehose:eu-west-1:111122223333:deliverystream/aws-waf-logs-ours',
        ),
      ),
    ];
    destinations.forEach((logDestination, index) => {
      new Firewall(stack, `Firewall${index}`, { logDestination });
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    const arns = Object.values(resourcesOf(template, 'AWS::WAFv2::LoggingConfiguration')).map(({ Properties }) =>
      JSON.stringify(Properties.LogDestinationConfigs),
    );
    expect(arns[0]).toMatch(/:log-group:aws-waf-logs-ours"/);
    expect(arns[1]).toMatch(/:s3:::aws-waf-logs-ours\/auth"/);
    expect(arns[2]).toContain('deliverystream/aws-waf-logs-ours"');
  });

  test('goes nowhere that AWS WAF would refuse', () => {
    const group = LogGroup.fromLogGroupName(testStack(), 'Group', '/waf/auth');
    expect(() => FirewallLog.cloudWatch(group)).toThrow(
      "logDestination: the name '/waf/auth' is not allowed; allowed are names that begin with 'aws-waf-logs-'",
    );
  });
});

describe('it protects', () => {
  test('a stage of a REST API, a load balancer and any resource with an ARN', () => {
    const stack = testStack();
    const firewall = new Firewall(stack, 'Firewall', { rules: [block('Countries')] });
    const api = new RestApi(stack, 'Api');
    api.root.addMethod('GET');
    firewall.protect(api.deploymentStage);
    const loadBalancerArn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/ours/1';
    const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'LoadBalancer', {
      loadBalancerArn,
      securityGroupId: 'sg-1',
    });
    firewall.protect(loadBalancer, 'LoadBalancerAssociation');
    const resourceArn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_ours';
    firewall.protect({ resourceArn }, 'UserPoolAssociation');
    const associations = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::WAFv2::WebACLAssociation'));
    expect(JSON.stringify(associations[0]!.Properties.ResourceArn)).toMatch(/:apigateway:eu-west-1::\/restapis\//);
    expect(associations.slice(1).map(({ Properties }) => Properties.ResourceArn)).toEqual([
      loadBalancerArn,
      resourceArn,
    ]);
  });

  test('a distribution, from us-east-1', () => {
    const stack = new Stack(testApp(), 'Edge', { env: { region: 'us-east-1' } });
    const firewall = new Firewall(stack, 'Firewall', {
      scope: 'CLOUDFRONT',
      rules: [block('Networks', FirewallMatch.networks('Blocked', ['192.0.2.0/24']))],
    });
    firewall.protect(
      new Distribution(stack, 'Distribution', { defaultBehavior: { origin: new HttpOrigin('example.com') } }),
    );
    const template = Template.fromStack(stack);
    const { WebACLId } = resourceOf(template, 'AWS::CloudFront::Distribution').Properties.DistributionConfig;
    expect(JSON.stringify(WebACLId)).toContain('Firewall');
    for (const type of ['WebACL', 'IPSet'])
      template.allResourcesProperties(`AWS::WAFv2::${type}`, { Scope: 'CLOUDFRONT' });
    expect(firewall.metricBlocked().dimensions).not.toHaveProperty('Region');
  });

  test('nothing of the other scope', () => {
    const edge = new Stack(testApp(), 'Edge', { env: { region: 'us-east-1' } });
    const firewall = new Firewall(edge, 'Firewall', { scope: 'CLOUDFRONT', rules: [] });
    expect(() => firewall.protect({ resourceArn: 'arn:aws:x' })).toThrow(
      "scope: 'CLOUDFRONT' is not allowed for a resource of a Region; allowed is 'REGIONAL'",
    );
    expect(() => new Firewall(testStack(), 'Firewall', { scope: 'CLOUDFRONT' })).toThrow(
      "scope: 'CLOUDFRONT' is not allowed in a stack in 'eu-west-1'; allowed in 'us-east-1'",
    );
  });
});

describe('IP sets', () => {
  test('are made once for a match that stands in two rules', () => {
    const office = FirewallMatch.networks('Office', ['192.0.2.0/24', '2001:db8::/32']);
    const { template } = synthesize({ rules: [block('A', FirewallMatch.not(office)), block('B', office)] });
    template.resourceCountIs('AWS::WAFv2::IPSet', 2);
  });

  test('may be shared, or be sets of which no deployment knows the content', () => {
    const stack = testStack();
    const shared = new FirewallIpSet(stack, 'Shared', { networks: ['192.0.2.0/24'] });
    const arn = 'arn:aws:wafv2:eu-west-1:111122223333:regional/ipset/ours/1';
    for (const id of ['One', 'Two']) {
      const rules = [
        block('Shared', FirewallMatch.ipSet(shared)),
        block('Imported', FirewallMatch.ipSet({ ipv4: arn })),
      ];
      const { capacity } = new Firewall(stack, id, { rules });
      expect(capacity).toBe(3);
    }
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::WAFv2::IPSet', 2);
    template.allResourcesProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([Match.objectLike({ Statement: { IPSetReferenceStatement: { Arn: arn } } })]),
    });
  });

  test('are for operators to edit', () => {
    const stack = testStack();
    const operator = new Role(stack, 'Operator', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    new Firewall(stack, 'Firewall').grantEditNetworks(operator);
    const [statement] = resourceOf(Template.fromStack(stack), 'AWS::IAM::Policy').Properties.PolicyDocument.Statement;
    expect(statement).toMatchObject({ Effect: 'Allow', Action: ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'] });
    expect(statement.Resource).toHaveLength(6);
    const without = new Firewall(testStack(), 'Firewall', { rules: [block('Countries')] });
    expect(() => without.grantEditNetworks(operator)).toThrow(/^grantEditNetworks: the rules made no IP sets/);
  });
});

test('metrics are of all rules, or of one', () => {
  const { stack, firewall, webAcl } = synthesize();
  const all = stack.resolve(firewall.metricBlocked({ period: Duration.minutes(1) }).dimensions);
  expect(all).toEqual({ WebACL: webAcl.VisibilityConfig.MetricName, Region: 'eu-west-1', Rule: 'ALL' });
  for (const { Name, VisibilityConfig } of webAcl.Rules) {
    expect(VisibilityConfig).toMatchObject({ MetricName: Name, CloudWatchMetricsEnabled: true });
    expect(firewall.metricCounted({ rule: Name }).dimensions).toMatchObject({ Rule: Name });
  }
  expect(firewall.metricAllowed().metricName).toBe('AllowedRequests');
  expect(() => firewall.metricBlocked({ rule: 'Nobody' })).toThrow(
    /^rule: "Nobody" is not allowed; allowed are "BlockedNetworks", /,
  );
});

test('it shows the rest of its settings to AWS WAF', () => {
  const { webAcl } = synthesize({
    rules: [],
    defaultAction: 'block',
    inspectedBody: 64,
    tokenDomains: ['example.com'],
    description: 'Ours',
  });
  expect(webAcl).toMatchObject({
    DefaultAction: { Block: {} },
    AssociationConfig: { RequestBody: { API_GATEWAY: { DefaultSizeInspectionLimit: 'KB_64' } } },
    TokenDomains: ['example.com'],
    Description: 'Ours',
  });
});

const rates = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    FirewallRule.rate({ name: `Rate${index}`, limit: 10, action: FirewallAction.block() }),
  );
const said = (content: string) =>
  FirewallRule.match({
    name: `Says-${content}`,
    match: FirewallMatch.text({ part: RequestPart.method(), how: 'exactly', text: 'TRACE' }),
    action: FirewallAction.block({ body: { name: 'said', contentType: 'TEXT_PLAIN', content } }),
  });

test.each<[string, FirewallProps, RegExp]>([
  ['two rules of one name', { rules: [block('A'), block('A')] }, /^rules: the name 'A' stands twice/],
  [
    'to allow before it blocks',
    { rules: [allow('Friends'), block('Enemies')] },
    /^rules: 'Friends' allows before 'Enemies' can block; put it after/,
  ],
  [
    'to allow before a managed group',
    { rules: [allow('Friends'), FirewallRule.managed({ group: 'AWSManagedRulesSQLiRuleSet' })] },
    /^rules: 'Friends' allows before 'AWSManagedRulesSQLiRuleSet' can block/,
  ],
  [
    'to allow in a group of rules before it blocks',
    {
      rules: [
        FirewallRule.managed({
          group: 'AWSManagedRulesCommonRuleSet',
          overrides: { NoUserAgent_HEADER: FirewallAction.allow() },
        }),
        block('Enemies'),
      ],
    },
    /^rules: 'AWSManagedRulesCommonRuleSet' allows before 'Enemies' can block; put it after/,
  ],
  ['more rate rules than AWS WAF', { rules: rates(11) }, /^rules: 11 rate rules are not allowed; allowed are 10/],
  [
    'more capacity than it may have, naming what takes it',
    { rules: [FirewallRule.managed({ group: 'AWSManagedRulesCommonRuleSet' }), block('A')], maxCapacity: 700 },
    /^rules: 701 capacity units are not allowed; allowed are fewer than 700: AWSManagedRulesCommonRuleSet 700, A 1$/,
  ],
  [
    'more capacity than there is',
    { maxCapacity: 5001 },
    /^maxCapacity: 5001 is not allowed; allowed are whole numbers/,
  ],
  [
    'a bound of capacity that is not known yet',
    { maxCapacity: Token.asNumber({ Ref: 'Capacity' }) },
    /^maxCapacity: a token is not allowed; allowed are whole numbers/,
  ],
  [
    'more references than AWS WAF',
    {
      rules: Array.from({ length: 26 }, (_, index) => block(`Set${index}`, FirewallMatch.networks(`Set${index}`))),
    },
    /^rules: 52 references to sets and groups are not allowed; allowed are 50/,
  ],
  ['two bodies of one name', { rules: [said('a'), said('b')] }, /^body.name: 'said' stands for two bodies/],
  [
    'to log to a destination of yours by settings of its own',
    { logDestination: { arn: 'arn:aws:s3:::aws-waf-logs-x' }, logRetention: 7 },
    /^logDestination: excludes logsKey and logRetention/,
  ],
])('it refuses %s', (_, props, message) => {
  expect(() => new Firewall(testStack(), 'Firewall', props)).toThrow(message);
});

test('an allowing rule may stand after all that block, or before them when that is asked for', () => {
  expect(() => synthesize({ rules: [block('Enemies'), allow('Friends')] })).not.toThrow();
  expect(() => synthesize({ rules: [allow('Friends'), block('Enemies')], allowBeforeBlock: true })).not.toThrow();
});
