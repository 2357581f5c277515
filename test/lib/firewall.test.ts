import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { Firewall, type FirewallProps } from '../../lib/index.ts';
import { resourceOf, resourcesOf, templateOf, testStack } from './support.ts';

function synthesize(props: FirewallProps = {}) {
  const stack = testStack();
  const firewall = new Firewall(stack, 'Firewall', props);
  return { firewall, template: Template.fromStack(stack) };
}

const { firewall, template } = synthesize({
  blockedNetworks: ['192.0.2.0/24', '2001:db8:1::/48'],
  adminNetworks: ['198.51.100.7/32'],
});
const webAcl = resourceOf(template, 'AWS::WAFv2::WebACL').Properties;
const rule = (name: string) => webAcl.Rules.find((candidate: { Name: string }) => candidate.Name === name);

describe('rules', () => {
  test('stand in this order: blocks first, managed groups last', () => {
    const order = [...webAcl.Rules].sort((a, b) => a.Priority - b.Priority).map(({ Name }: { Name: string }) => Name);
    expect(order).toEqual([
      'BlockedNetworks',
      'AdminNetworks',
      'BodySize',
      'RatePerSource',
      'CredentialRatePerSource',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesAnonymousIpList',
    ]);
  });

  test('never allow, since that would skip those that follow', () => {
    for (const { Action, OverrideAction } of webAcl.Rules) {
      expect(Action?.Allow).toBeUndefined();
      expect(Action ?? OverrideAction).toBeDefined();
    }
  });

  test('need fewer units than AWS includes in the price', () => {
    expect(firewall.capacity).toBeGreaterThan(975);
    expect(firewall.capacity).toBeLessThan(1500);
  });

  test('count by source, credentials with a lower limit', () => {
    const limits = ['RatePerSource', 'CredentialRatePerSource'].map((name) => rule(name).Statement.RateBasedStatement);
    expect(limits).toMatchObject([
      { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 2000 },
      { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 200 },
    ]);
    expect(limits[0].ScopeDownStatement).toBeUndefined();
    expect(rule('RatePerSource').Action.Block.CustomResponse).toMatchObject({ ResponseCode: 429 });
  });

  test('block bodies over 8 KB, those that WAF cannot see to the end included', () => {
    expect(rule('BodySize')).toMatchObject({
      Statement: {
        SizeConstraintStatement: {
          ComparisonOperator: 'GT',
          Size: 8192,
          FieldToMatch: { Body: { OversizeHandling: 'MATCH' } },
        },
      },
      Action: { Block: { CustomResponse: { ResponseCode: 413, CustomResponseBodyKey: 'tooLarge' } } },
    });
    expect(JSON.parse(webAcl.CustomResponseBodies.tooLarge.Content).code).toBe('PAYLOAD_TOO_LARGE');
  });

  test('only count what legitimate requests meet: any password, redirect targets, no User-Agent', () => {
    const { RuleActionOverrides } = rule('AWSManagedRulesCommonRuleSet').Statement.ManagedRuleGroupStatement;
    const counted = RuleActionOverrides.map((override: { Name: string; ActionToUse: object }) => {
      expect(override.ActionToUse).toEqual({ Count: {} });
      return override.Name;
    });
    expect(counted).toEqual(
      expect.arrayContaining(['CrossSiteScripting_BODY', 'GenericRFI_QUERYARGUMENTS', 'NoUserAgent_HEADER']),
    );
    expect(rule('AWSManagedRulesAnonymousIpList').OverrideAction).toEqual({ Count: {} });
    expect(rule('AWSManagedRulesKnownBadInputsRuleSet').OverrideAction).toEqual({ None: {} });
  });
});

describe('administration', () => {
  const [path, notFrom] = rule('AdminNetworks').Statement.AndStatement.Statements;
  const { RegexString, TextTransformations } = path.RegexMatchStatement;

  test('is blocked from all but the admin networks', () => {
    expect(rule('AdminNetworks').Action).toEqual({ Block: {} });
    expect(notFrom.NotStatement.Statement.OrStatement.Statements).toHaveLength(2);
    expect(resourceOf(template, 'AWS::WAFv2::IPSet', /AdminIpv4/).Properties.Addresses).toEqual(['198.51.100.7/32']);
    expect(resourceOf(template, 'AWS::WAFv2::IPSet', /AdminIpv6/).Properties.Addresses).toEqual([]);
  });

  /** What the transformations of the rule do, in their order. */
  const transformations: Record<string, (value: string) => string> = {
    URL_DECODE: decodeURIComponent,
    NORMALIZE_PATH: (value) => value.replace(/\/+/g, '/').replace(/\/\.(?=\/|$)/g, ''),
    LOWERCASE: (value) => value.toLowerCase(),
  };
  const matches = (uriPath: string) =>
    new RegExp(RegexString).test(
      TextTransformations.reduce((value: string, { Type }: { Type: string }) => transformations[Type]!(value), uriPath),
    );

  test.each([
    '/api/auth/admin/list-users',
    '/prod/api/auth/admin/list-users',
    '/api/auth//admin/list-users',
    '/api/auth/./admin/list-users',
    '/api/auth/%61dmin/list-users',
    '/api/auth/%2561dmin/list-users',
    '/api/auth/ADMIN/list-users',
    '/api/auth/admin;x=1/list-users',
    '/api/auth/admin',
  ])('is recognized as %s', (uriPath) => expect(matches(uriPath)).toBe(true));

  test.each(['/api/auth/administrators', '/api/auth/get-session', '/api/auth/admin-less'])(
    'is not mistaken for %s',
    (uriPath) => expect(matches(uriPath)).toBe(false),
  );
});

describe('the log', () => {
  const logging = resourceOf(template, 'AWS::WAFv2::LoggingConfiguration').Properties;

  test('shows no credentials, nor the links that carry tokens', () => {
    expect(logging.RedactedFields).toEqual([
      { SingleHeader: { Name: 'authorization' } },
      { SingleHeader: { Name: 'cookie' } },
      { QueryString: {} },
      { UriPath: {} },
    ]);
    for (const { VisibilityConfig } of [webAcl, ...webAcl.Rules]) {
      expect(VisibilityConfig.SampledRequestsEnabled).toBe(false);
    }
  });

  test('keeps what was blocked or counted', () => {
    expect(logging.LoggingFilter.DefaultBehavior).toBe('DROP');
    expect(JSON.stringify(logging.LoggingFilter.Filters)).toContain('"Action":"BLOCK"');
  });

  test('has the name and the ARN that WAF accepts', () => {
    const [id, group] = Object.entries(resourcesOf(template, 'AWS::Logs::LogGroup'))[0]!;
    expect(JSON.stringify(group.Properties.LogGroupName)).toMatch(/"aws-waf-logs-/);
    expect(JSON.stringify(logging.LogDestinationConfigs)).toMatch(new RegExp(`:log-group:",\\{"Ref":"${id}"\\}\\]`));
  });
});

test('stands in front of the API in every stage', () => {
  for (const stage of ['dev', 'prod'] as const) {
    const association = resourceOf(templateOf(stage), 'AWS::WAFv2::WebACLAssociation').Properties;
    expect(JSON.stringify(association.ResourceArn)).toMatch(/:apigateway:eu-west-1::\/restapis\/.*\/stages\//);
    expect(JSON.stringify(association.WebACLArn)).toContain('Firewall');
  }
});

test.each<[FirewallProps, RegExp]>([
  [
    { blockedNetworks: ['192.0.2.1'] },
    /^blockedNetworks: network '192.0.2.1' is not allowed; allowed is CIDR notation/,
  ],
  [{ adminNetworks: ['0.0.0.0/0'] }, /^adminNetworks: network '0.0.0.0\/0' is not allowed/],
  [{ adminNetworks: ['2001:db8::/129'] }, /^adminNetworks: network/],
  [{ rateLimit: 5 }, /^rateLimit: 5 is not allowed; allowed are whole numbers from 10/],
  [{ rateLimit: 100, credentialRateLimit: 101 }, /^credentialRateLimit: 101 is above rateLimit; at most 100/],
])('refuses %j', (props, message) => {
  expect(() => synthesize(props)).toThrow(message);
});
