import { describe, expect, test } from '@jest/globals';
import { commands, type Reached, requestsOf } from '../scripts/admin-requests.ts';
import { account, allows } from './policies.ts';

const region = 'eu-west-1';
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
const table = (id: string) => arn('dynamodb', `table/Gatehouse-prod-${id}-1ABCDEFGHIJKL`);
const group = arn('logs', 'log-group:Gatehouse-prod-GatehouseAuditTrail65806B67-AbCdEfGhIjKl');

/** As a deployed stack names them. */
const resources: Readonly<Record<Reached, string>> = {
  stack: arn('cloudformation', 'stack/Gatehouse-prod/0a1b2c3d-0000-1111-2222-333344445555'),
  'audit log': `${group}:*`,
  operators: `${group}:log-stream:operators/assumed-role/Admin/ada`,
  identities: table('GatehouseIdentityTable95DE60C6'),
  limits: table('GatehouseRateLimitTable90C99646'),
  secret: arn('secretsmanager', 'secret:GatehouseSecrets3C29CE92-EXAMPLE12345-AbCdEf'),
};

const may = (action: string, resource: string, context?: Record<string, string>) =>
  allows({ policies: ['admin'], action, resource, ...(context && { context }) });

test.each(commands)('allows what %s asks for', async (command) => {
  for (const request of requestsOf(command)) {
    const [action, reached] = request.split(' on ') as [string, Reached];
    expect([request, await may(action, resources[reached])]).toEqual([request, true]);
  }
});

// Of a table that is larger than a page, `check` looks at suspects once more.
test.each(['GetItem', 'BatchGetItem'])('allows check to read suspects again: %s', async (operation) => {
  expect(await may(`dynamodb:${operation}`, resources.identities)).toBe(true);
});

describe('denies', () => {
  test.each([
    ['dynamodb:DeleteTable', resources.identities],
    ['dynamodb:UpdateTable', resources.identities],
    ['dynamodb:GetItem', table('OthersTable')],
    ['dynamodb:GetItem', resources.identities.replace('Gatehouse-prod', 'Gatehouse-dev')],
    ['dynamodb:Scan', resources.limits],
    ['dynamodb:DeleteItem', resources.limits],
    ['cloudformation:UpdateStack', resources.stack],
    ['cloudformation:DescribeStacks', resources.stack.replace('Gatehouse-prod', 'Billing')],
    ['logs:PutLogEvents', `${group}:log-stream:2026/11/23/[1]0a1b`],
    ['logs:DeleteLogStream', resources.operators],
    ['logs:DeleteLogGroup', group],
    ['logs:FilterLogEvents', arn('logs', 'log-group:/aws/lambda/others')],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:others-AbCdEf')],
    ['secretsmanager:PutSecretValue', resources.secret],
    ['kms:Sign', arn('kms', 'key/0a1b2c3d')],
    ['kms:Decrypt', arn('kms', 'key/0a1b2c3d')],
    ['kms:ScheduleKeyDeletion', arn('kms', 'key/0a1b2c3d')],
  ])('%s on %s', async (action, resource) => {
    expect(await may(action, resource)).toBe(false);
  });
});

test('keys work through the two services, and only there', async () => {
  const decrypt = (service: string) =>
    may('kms:Decrypt', arn('kms', 'key/0a1b2c3d'), { 'kms:ViaService': `${service}.${region}.amazonaws.com` });
  expect(await Promise.all(['dynamodb', 'secretsmanager', 'sqs'].map(decrypt))).toEqual([true, true, false]);
});
