import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { GatehouseStack, withEdgeFirewall } from '../../lib/index.ts';
import { functionCode, prodConfig, resourceOf, resourcesOf, templateOf, testApp } from '../lib/support.ts';
import { account, actionsOf, allows, policyText } from './policies.ts';
import { unneededPermissions } from './unneeded-permissions.ts';

const [cloudFrontPolicy, firewallPolicy] = ['cloudfront', 'edge-firewall'].map(
  (part) => `cloudformation-execution-${part}`,
) as [string, string];
const { types } = JSON.parse(readFileSync('test/docs/registry-permissions.json', 'utf8')) as {
  types: Record<string, string[]>;
};

const app = testApp();
const certificateArn = `arn:aws:acm:us-east-1:${account}:certificate/11111111`;
const config = withEdgeFirewall(app, 'Gatehouse-prod-edge', 'prod', { ...prodConfig, cloudFront: { certificateArn } });
const stack = new GatehouseStack(app, 'Gatehouse-prod', { stage: 'prod', config, code: functionCode() });
const edge = Template.fromStack(app.node.findChild('Gatehouse-prod-edge') as GatehouseStack);
const template = Template.fromStack(stack);

const typesOf = (of: Template) =>
  new Set(Object.values(of.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type));
const neededBy = (list: Iterable<string>) =>
  new Set([...list].flatMap((type) => types[type] ?? [`${type} is not listed`]));

/** Permissions that the registry lists for the distribution in front of the API and that it does without. */
const unneeded: Readonly<Record<string, readonly string[]>> = {
  'IAM knows no such action; creating and tagging are two': ['cloudfront:CreateDistributionWithTags'],
  'the distribution serves one tenant': ['cloudfront:CreateConnectionGroup', 'cloudfront:GetConnectionGroup'],
  'its origin is in no VPC': ['cloudfront:GetVpcOrigin'],
  'it has no staging distribution': ['cloudfront:UpdateDistributionWithStagingConfig'],
};

/** Permissions that no handler lists, by reason. */
const further: Readonly<Record<string, readonly string[]>> = {
  'CloudFront looks at the web ACL that it gets': ['wafv2:GetWebACL'],
  "the template takes the web ACL's ARN from the output of another stack": ['cloudformation:DescribeStacks'],
};

test('CloudFormation may do what its handlers of the distribution do, and nothing else', () => {
  const before = typesOf(templateOf('prod'));
  const added = [...typesOf(template)].filter((type) => !before.has(type));
  expect(added.sort()).toEqual([
    'AWS::CloudFront::CachePolicy',
    'AWS::CloudFront::Distribution',
    'AWS::CloudFront::OriginRequestPolicy',
  ]);
  const needed = neededBy(added);
  for (const action of Object.values(unneeded).flat()) expect([action, needed.delete(action)]).toEqual([action, true]);
  for (const action of Object.values(further).flat()) needed.add(action);
  expect([...actionsOf(cloudFrontPolicy)].sort()).toEqual([...needed].sort());
});

test('CloudFormation in us-east-1 may do what its handlers of the firewall do, and nothing else', () => {
  const patterns = Object.values(unneededPermissions).flat();
  const isUnneeded = (action: string) =>
    patterns.some(
      (pattern) => action === pattern || (pattern.endsWith('*') && action.startsWith(pattern.slice(0, -1))),
    );
  const needed = [...neededBy(typesOf(edge))].filter((action) => !isUnneeded(action));
  const granted = actionsOf(firewallPolicy);
  // WAF's role for log delivery is needed for Firehose alone, the policy of a bucket for logs in one.
  expect(needed.filter((action) => !granted.has(action))).toEqual([
    'iam:CreateServiceLinkedRole',
    's3:GetBucketPolicy',
    's3:PutBucketPolicy',
  ]);
  // The template asks for the version of the bootstrap.
  expect([...granted].filter((action) => !needed.includes(action))).toEqual(['ssm:GetParameters']);
});

test.each([cloudFrontPolicy, firewallPolicy])('%s fits a managed policy', (name) => {
  expect(policyText(name).replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
});

test('what CloudFormation names by itself at the edge is named as the policy asks, and the rest has its tag', () => {
  for (const type of ['WebACL', 'IPSet']) {
    for (const [id, { Properties }] of Object.entries(resourcesOf(edge, `AWS::WAFv2::${type}`))) {
      expect(id).toMatch(/^Gatehouse/);
      expect(Properties).not.toHaveProperty('Name');
    }
  }
  expect(JSON.stringify(resourceOf(edge, 'AWS::Logs::LogGroup').Properties.LogGroupName)).toMatch(
    /"aws-waf-logs-Gatehouse/,
  );
  const tag = { Key: 'gatehouse:stage', Value: 'prod' };
  expect(resourceOf(edge, 'AWS::KMS::Key').Properties.Tags).toContainEqual(tag);
  expect(resourceOf(template, 'AWS::CloudFront::Distribution').Properties.Tags).toContainEqual(tag);
});

const wafArn = (name: string) => `arn:aws:wafv2:us-east-1:${account}:global/webacl/${name}/11111111`;
const own = { 'aws:ResourceTag/gatehouse:stage': 'prod' };
const distribution = `arn:aws:cloudfront::${account}:distribution/E2EXAMPLE`;
const stackArn = (name: string) => `arn:aws:cloudformation:us-east-1:${account}:stack/${name}/1`;

test.each([
  ['our distribution', true, cloudFrontPolicy, 'cloudfront:UpdateDistribution', distribution, own],
  ['a distribution of others', false, cloudFrontPolicy, 'cloudfront:UpdateDistribution', distribution, {}],
  ['our output', true, cloudFrontPolicy, 'cloudformation:DescribeStacks', stackArn('Gatehouse-prod-edge'), {}],
  ['an output of others', false, cloudFrontPolicy, 'cloudformation:DescribeStacks', stackArn('Shop'), {}],
  ['our web ACL', true, firewallPolicy, 'wafv2:UpdateWebACL', wafArn('GatehouseFirewall0ECC0E67-x1'), {}],
  ['a web ACL of others', false, firewallPolicy, 'wafv2:UpdateWebACL', wafArn('Shop'), {}],
] as const)('%s: %s', async (_, allowed, name, action, resource, context) => {
  expect(await allows({ policies: [name], action, resource, context: context as Record<string, string> })).toBe(
    allowed,
  );
});
