import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { resourcesOf, stackOf, templateOf, testApp } from '../lib/support.ts';
import { account, actionsOf, allows, executionPolicies, policyText, statementsOf } from './policies.ts';
import { furtherPermissions, unneededPermissions } from './unneeded-permissions.ts';

const registry = JSON.parse(readFileSync('test/docs/registry-permissions.json', 'utf8')) as {
  types: Record<string, string[]>;
};
const everything = {
  alarmEmail: 'ops@example.com',
  tracing: true,
  reservedConcurrency: 20,
  provisionedConcurrency: 5,
  blockedNetworks: ['192.0.2.0/24'],
  audit: { trailLogGroupName: 'trail' },
};
const templates = [templateOf('dev', everything), templateOf('prod', everything)];
const types = new Set(templates.flatMap((template) => Object.values(template.toJSON().Resources).map(typeOf)));
const needed = new Set([...types].flatMap((type) => registry.types[type] ?? []));
const granted = actionsOf(...executionPolicies);

function typeOf(resource: unknown): string {
  return (resource as { Type: string }).Type;
}

/** `dynamodb:Describe*` of a schema stands for its actions. */
const covers = (pattern: string, action: string) =>
  pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern;

const listed = (reasons: Readonly<Record<string, readonly string[]>>) => Object.values(reasons).flat();

test('every resource type of the templates is known; a new one has to be added', () => {
  const unknown = [...types].filter((type) => !type.startsWith('Custom::') && !registry.types[type]);
  expect(unknown).toEqual([]);
});

test('CloudFormation may do what its handlers do, or there is a reason why it need not', () => {
  const missing = [...needed].filter(
    (action) =>
      ![...granted].some((given) => covers(action, given)) &&
      !listed(unneededPermissions).some((pattern) => covers(pattern, action)),
  );
  expect(missing).toEqual([]);
});

test('CloudFormation may do nothing else, and no reason is left over', () => {
  const surplus = [...granted].filter((action) => ![...needed].some((pattern) => covers(pattern, action)));
  expect(surplus.sort()).toEqual(listed(furtherPermissions).sort());
  const unused = listed(unneededPermissions).filter(
    (pattern) => ![...needed].some((action) => covers(pattern, action)) || granted.has(pattern),
  );
  expect(unused).toEqual([]);
});

test.each([...executionPolicies, 'permissions-boundary', 'deploy', 'diff'])(
  '%s fits a managed policy and names every action',
  (name) => {
    expect(policyText(name).replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
    for (const action of actionsOf(name)) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
  },
);

test('what is granted on all resources knows none, but for what WAF logging and key creation need', () => {
  const everywhere = executionPolicies.flatMap((name) =>
    statementsOf(name).flatMap(({ actions, resources }) => (resources.includes('*') ? actions : [])),
  );
  expect(everywhere.sort()).toEqual([
    'acm:RequestCertificate',
    'kms:CreateKey',
    'kms:ListAliases',
    'lambda:CreateEventSourceMapping',
    'logs:CreateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:DeleteQueryDefinition',
    'logs:DescribeIndexPolicies',
    'logs:DescribeLogGroups',
    'logs:DescribeQueryDefinitions',
    'logs:DescribeResourcePolicies',
    'logs:PutQueryDefinition',
    'logs:PutResourcePolicy',
    'route53:GetChange',
    'route53:ListHostedZones',
    'secretsmanager:GetRandomPassword',
    'ses:DescribeConfigurationSet',
  ]);
});

const boundaryArn = `arn:aws:iam::${account}:policy/GatehouseBoundary`;
const inAccount = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:${account}:${rest}`;
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const webAcl = (name: string) => inAccount('wafv2', `regional/webacl/${name}/11111111`);
const key = inAccount('kms', 'key/11111111-2222-3333-4444-555555555555');

test.each([
  [
    'a role within the boundary',
    true,
    'iam:CreateRole',
    role('Gatehouse-dev-x'),
    { 'iam:PermissionsBoundary': boundaryArn },
  ],
  ['a role without a boundary', false, 'iam:CreateRole', role('Gatehouse-dev-x'), {}],
  ['a role of others', false, 'iam:CreateRole', role('Admin'), { 'iam:PermissionsBoundary': boundaryArn }],
  ['permissions of a role without a boundary', false, 'iam:PutRolePolicy', role('Gatehouse-dev-x'), {}],
  [
    'a role to a function',
    true,
    'iam:PassRole',
    role('Gatehouse-dev-x'),
    { 'iam:PassedToService': 'lambda.amazonaws.com' },
  ],
  [
    'a role to a machine',
    false,
    'iam:PassRole',
    role('Gatehouse-dev-x'),
    { 'iam:PassedToService': 'ec2.amazonaws.com' },
  ],
  [
    'an administrator to a function',
    false,
    'iam:PassRole',
    role('Admin'),
    { 'iam:PassedToService': 'lambda.amazonaws.com' },
  ],
  [
    'a managed policy of AWS',
    false,
    'iam:AttachRolePolicy',
    role('Gatehouse-dev-x'),
    { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' },
  ],
  ['the end of an own key', true, 'kms:ScheduleKeyDeletion', key, { 'aws:ResourceTag/gatehouse:stage': 'dev' }],
  ['the end of a key of others', false, 'kms:ScheduleKeyDeletion', key, {}],
  ['a tag on an own key', true, 'kms:TagResource', key, { 'aws:ResourceTag/gatehouse:stage': 'dev' }],
  ['a tag on a key of others', false, 'kms:TagResource', key, { 'aws:RequestTag/owner': 'us' }],
  ['the tags of a key of others', false, 'kms:UntagResource', key, {}],
  ['a signature', false, 'kms:Sign', key, {}],
  ['plain decryption', false, 'kms:Decrypt', key, {}],
  ['the users', false, 'dynamodb:Scan', inAccount('dynamodb', 'table/Gatehouse-prod-Identity'), {}],
  ['a table of others', false, 'dynamodb:DeleteTable', inAccount('dynamodb', 'table/Orders'), {}],
  ['the archive of the audit log', true, 's3:PutBucketPolicy', 'arn:aws:s3:::gatehouse-prod-archive', {}],
  ['a bucket of others', false, 's3:PutBucketPolicy', 'arn:aws:s3:::assets', {}],
  ['an archived event', false, 's3:DeleteObjectVersion', 'arn:aws:s3:::gatehouse-prod-archive/events/1', {}],
  ['a rule of others', false, 'events:DeleteRule', inAccount('events', 'rule/Nightly'), {}],
  ['a stream of others', false, 'firehose:DeleteDeliveryStream', inAccount('firehose', 'deliverystream/Clicks'), {}],
  ['an own table', true, 'dynamodb:DeleteTable', inAccount('dynamodb', 'table/Gatehouse-prod-Identity'), {}],
  ['a function of others', false, 'lambda:UpdateFunctionCode', inAccount('lambda', 'function:billing'), {}],
  ['an own web ACL', true, 'wafv2:DeleteWebACL', webAcl('GatehouseFirewall2C7D9F1A-x1y2z3'), {}],
  ['a web ACL of others', false, 'wafv2:DeleteWebACL', webAcl('Shop'), {}],
  ['an IP set of others', false, 'wafv2:UpdateIPSet', inAccount('wafv2', 'regional/ipset/Shop/11111111'), {}],
  ['the domain of the mail', true, 'ses:DeleteEmailIdentity', inAccount('ses', 'identity/example.com'), {}],
  ['a domain below it', true, 'ses:CreateEmailIdentity', inAccount('ses', 'identity/dev.example.com'), {}],
  ['an address of it', true, 'ses:CreateEmailIdentity', inAccount('ses', 'identity/no-reply@example.com'), {}],
  ['a domain of others', false, 'ses:DeleteEmailIdentity', inAccount('ses', 'identity/anexample.com'), {}],
  [
    'a configuration set of others',
    false,
    'ses:DeleteConfigurationSet',
    inAccount('ses', 'configuration-set/newsletter'),
    {},
  ],
  [
    'a mail exchanger',
    false,
    'route53:ChangeResourceRecordSets',
    'arn:aws:route53:::hostedzone/Z0123456789EXAMPLE000',
    { 'route53:ChangeResourceRecordSetsRecordTypes': ['MX'] },
  ],
  [
    'an address',
    true,
    'route53:ChangeResourceRecordSets',
    'arn:aws:route53:::hostedzone/Z0123456789EXAMPLE000',
    { 'route53:ChangeResourceRecordSetsRecordTypes': ['A'] },
  ],
] as const)('CloudFormation and %s: %s', async (_, allowed, action, resource, context) => {
  const attempt = { policies: executionPolicies, action, resource, context: context as Record<string, string> };
  expect(await allows(attempt)).toBe(allowed);
});

test('a key of others takes two steps, and the page says so', async () => {
  const attempt = { policies: executionPolicies, resource: key };
  const step = (action: string, context: Record<string, string>) => allows({ ...attempt, action, context });
  expect(await step('kms:ScheduleKeyDeletion', {})).toBe(false);
  expect(await step('kms:TagResource', { 'aws:RequestTag/gatehouse:stage': 'dev' })).toBe(true);
  expect(await step('kms:ScheduleKeyDeletion', { 'aws:ResourceTag/gatehouse:stage': 'dev' })).toBe(true);
  expect(readFileSync('docs/deploy.md', 'utf8')).toContain('may put the tag `gatehouse:stage` on any key');
});

test('what CloudFormation names by itself is named as the policies ask', () => {
  for (const type of ['WAFv2::WebACL', 'WAFv2::IPSet', 'SES::ConfigurationSet']) {
    const named = templates.flatMap((template) => Object.entries(resourcesOf(template, `AWS::${type}`)));
    expect([type, named.length > 0]).toEqual([type, true]);
    for (const [id, { Properties }] of named) {
      expect(id).toMatch(/^Gatehouse/);
      expect(Properties).not.toHaveProperty('Name');
    }
  }
});

test('the roles of the templates need nothing beyond the boundary', () => {
  const within = actionsOf('permissions-boundary');
  const used = templates.flatMap((template) =>
    Object.values(resourcesOf(template, 'AWS::IAM::Policy')).flatMap(({ Properties }) =>
      (Properties.PolicyDocument.Statement as { Action: string | string[] }[]).flatMap(({ Action }) => Action),
    ),
  );
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter((action) => !within.has(action))).toEqual([]);
});

test('with the context of docs/policies every role has the boundary, and the deployment its own bootstrap', () => {
  const context = { ...testApp().node.getAllContext(), ...JSON.parse(policyText('cdk.context')) };
  const stack = stackOf('prod', { account }, new App({ context, outdir: testApp().outdir }));
  const template = Template.fromStack(stack);
  for (const { Properties } of Object.values(resourcesOf(template, 'AWS::IAM::Role'))) {
    expect(Properties.PermissionsBoundary).toBe(boundaryArn);
  }
  expect(stack.synthesizer.bootstrapQualifier).toBe('gatehouse');
  expect(JSON.stringify(template.toJSON())).toContain(`role/cdk-gatehouse-cfn-exec-role-${account}-eu-west-1`);
});

test('the deploying principal assumes the roles of the bootstrap, and nothing else', async () => {
  expect([...actionsOf('deploy')]).toEqual(['sts:AssumeRole']);
  const assume = (name: string) => allows({ policies: ['deploy'], action: 'sts:AssumeRole', resource: role(name) });
  for (const name of ['deploy', 'file-publishing', 'lookup']) {
    expect(await assume(`cdk-gatehouse-${name}-role-${account}-eu-west-1`)).toBe(true);
  }
  expect(await assume(`cdk-gatehouse-cfn-exec-role-${account}-eu-west-1`)).toBe(false);
  expect(await assume(`cdk-hnb659fds-deploy-role-${account}-eu-west-1`)).toBe(false);
});

test('a pull request reads templates, and cannot change or become anything', () => {
  for (const action of actionsOf('diff')) expect(action).toMatch(/^(cloudformation|ssm):(Describe|Get|List)/);
});

test.each([
  ['diff', 'pull_request'],
  ['deploy-dev', 'environment:dev'],
  ['deploy-prod', 'environment:prod'],
])('GitHub gets the %s role for one repository and %s', (name, subject) => {
  const [statement] = JSON.parse(policyText(`github-trust-${name}`)).Statement;
  expect(statement.Action).toBe('sts:AssumeRoleWithWebIdentity');
  expect(statement.Condition).toEqual({
    StringEquals: {
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': `repo:example-org/gatehouse:${subject}`,
    },
  });
});
