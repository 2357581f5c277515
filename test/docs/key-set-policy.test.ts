import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { resourceOf, resourcesOf, templateOf } from '../lib/support.ts';
import { account, actionsOf, allows, executionPolicies, policyText } from './policies.ts';

const name = 'cloudformation-execution-key-set';
const { types } = JSON.parse(readFileSync('test/docs/registry-permissions.json', 'utf8')) as {
  types: Record<string, string[]>;
};
const certificateArn = `arn:aws:acm:us-east-1:${account}:certificate/11111111`;
const template = templateOf('prod', { keySetDistribution: { name: 'keys.example.com', certificateArn } });
const typesOf = (of: typeof template) =>
  new Set(Object.values(of.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type));

/** Permissions that the registry lists for the resource types of the key set's distribution and that it does without. */
const unneeded: Readonly<Record<string, readonly string[]>> = {
  'IAM knows no such action; creating and tagging are two': ['cloudfront:CreateDistributionWithTags'],
  'the distribution serves one tenant': ['cloudfront:CreateConnectionGroup', 'cloudfront:GetConnectionGroup'],
  'its origin is in no VPC': ['cloudfront:GetVpcOrigin'],
  'it has no staging distribution': ['cloudfront:UpdateDistributionWithStagingConfig'],
};

test('CloudFormation may do what its handlers of the distribution do, and nothing else', () => {
  const before = typesOf(templateOf('prod'));
  const added = [...typesOf(template)].filter((type) => !before.has(type) && !type.startsWith('Custom::'));
  expect(added.sort()).toEqual(['AWS::CloudFront::Distribution', 'AWS::CloudFront::Function']);
  const needed = new Set(added.flatMap((type) => types[type]!));
  for (const action of Object.values(unneeded).flat()) expect([action, needed.delete(action)]).toEqual([action, true]);
  expect([...actionsOf(name)].sort()).toEqual([...needed].sort());
  expect([...actionsOf(...executionPolicies)].filter((action) => action.startsWith('cloudfront:'))).toEqual([]);
});

test('the policy fits a managed policy', () => {
  expect(policyText(name).replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
});

test('the function has a name that the policy allows, and both carry the tag that it asks for', () => {
  expect(JSON.stringify(resourceOf(template, 'AWS::CloudFront::Function').Properties.Name)).toMatch(
    /^"eu-west-1Gatehouse/,
  );
  for (const type of ['Distribution', 'Function']) {
    for (const { Properties } of Object.values(resourcesOf(template, `AWS::CloudFront::${type}`))) {
      expect(Properties.Tags).toContainEqual({ Key: 'gatehouse:stage', Value: 'prod' });
    }
  }
});

const distribution = `arn:aws:cloudfront::${account}:distribution/E2EXAMPLE`;
const functionArn = (id: string) => `arn:aws:cloudfront::${account}:function/${id}`;
const own = { 'aws:ResourceTag/gatehouse:stage': 'prod' };

test.each([
  ['a new distribution of ours', true, 'CreateDistribution', '*', { 'aws:RequestTag/gatehouse:stage': 'prod' }],
  ['a new distribution without our tag', false, 'CreateDistribution', '*', {}],
  ['our distribution', true, 'UpdateDistribution', distribution, own],
  ['a distribution of others', false, 'UpdateDistribution', distribution, {}],
  ['the end of a distribution of others', false, 'DeleteDistribution', distribution, {}],
  ['a tag on our distribution', true, 'TagResource', distribution, own],
  ['a tag on a distribution of others', false, 'TagResource', distribution, { 'aws:RequestTag/owner': 'us' }],
  ['our tag on a distribution of others', true, 'TagResource', distribution, { 'aws:RequestTag/gatehouse:stage': 'x' }],
  ['a new function', true, 'CreateFunction', '*', {}],
  ['our function', true, 'UpdateFunction', functionArn('eu-west-1GatehouseprodKeySet'), {}],
  ['a function of others', false, 'UpdateFunction', functionArn('eu-west-1Shop'), {}],
] as const)('%s: %s', async (_, allowed, action, resource, context) => {
  const attempt = {
    policies: [name],
    action: `cloudfront:${action}`,
    resource,
    context: context as Record<string, string>,
  };
  expect(await allows(attempt)).toBe(allowed);
});
