import { describe, expect, test } from '@jest/globals';
import type { ApiCall } from '../../local/account/calls.ts';
import { accessRequests, arn } from './access-requests.ts';
import { documentedPolicy } from './documented-policy.ts';
import { evaluate, type Policy } from './evaluate.ts';
import { impliedRequests } from './implied-requests.ts';

const call = (service: string, operation: string, input: ApiCall['input']): ApiCall => ({
  at: 0,
  process: '1',
  accessKeyId: 'A',
  service,
  operation,
  input,
});
const table = arn('dynamodb', 'table/users');
const key = arn('kms', 'key/b66ee96f-5ef3-4856-9794-41eae463d367');
const role = 'arn:aws:iam::000000000000:role/auth';
const allow = (Action: string, Resource: string, Condition?: object): Policy => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) }],
});

describe('what IAM is asked', () => {
  test('for a transaction: each of its items', () => {
    const items = [{ Put: { TableName: 'users' } }, { ConditionCheck: { TableName: 'users' } }];
    const requests = accessRequests(call('dynamodb', 'TransactWriteItems', { TransactItems: items }));
    expect(requests.map(({ action, resource }) => [action, resource])).toEqual([
      ['dynamodb:PutItem', table],
      ['dynamodb:ConditionCheckItem', table],
    ]);
  });

  test('for a query of an index: the index', () => {
    const [request] = accessRequests(call('dynamodb', 'Query', { TableName: 'users', IndexName: 'directory' }));
    expect(request?.resource).toBe(`${table}/index/directory`);
  });

  test('for mail: the identity of the sender and the configuration set, with the address alone', () => {
    const input = { FromEmailAddress: 'Gatehouse <no-reply@example.com>', ConfigurationSetName: 'set' };
    expect(accessRequests(call('ses', 'SendEmail', input))).toEqual([
      expect.objectContaining({ resource: arn('ses', 'identity/example.com') }),
      {
        action: 'ses:SendEmail',
        resource: arn('ses', 'configuration-set/set'),
        context: { 'ses:FromAddress': 'no-reply@example.com' },
      },
    ]);
  });

  test('for a call that nobody thought of: an error that says where to add it', () => {
    expect(() => accessRequests(call('dynamodb', 'ExportTableToPointInTime', {}))).toThrow(
      "'dynamodb ExportTableToPointInTime' is not in",
    );
  });

  test('for what a key encrypts: the key too, through the service', () => {
    const [request] = accessRequests(call('dynamodb', 'Query', { TableName: 'users', IndexName: 'directory' }));
    expect(impliedRequests(request!, new Map([[table, key]]))).toEqual([
      { action: 'kms:Decrypt', resource: key, context: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
    ]);
    expect(impliedRequests(request!, new Map())).toEqual([]);
  });
});

describe('the evaluation', () => {
  const sign = {
    action: 'kms:Sign',
    resource: key,
    context: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'DIGEST' },
  };
  const grant = allow('kms:Sign', key, { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' } });
  const accountDecides = {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::000000000000:root' },
    Action: 'kms:*',
    Resource: '*',
  };
  const onlySigner = (signer: string) => ({
    Effect: 'Deny',
    Principal: '*',
    Action: 'kms:Sign',
    Resource: '*',
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': signer } },
  });
  const keyPolicy = (...Statement: object[]): Policy => ({ Version: '2012-10-17', Statement });
  const ask = (more: Partial<Parameters<typeof evaluate>[0]> = {}) =>
    evaluate({ principal: role, policies: [grant], request: sign, resourcePolicy: keyPolicy(accountDecides), ...more });

  test('a grant that fits is enough', async () => {
    expect(await ask()).toBe('Allowed');
  });

  test('no grant, or one for another algorithm, is not', async () => {
    expect(await ask({ policies: [] })).toBe('ImplicitlyDenied');
    const context = { ...sign.context, 'kms:SigningAlgorithm': 'ECDSA_SHA_512' };
    expect(await ask({ request: { ...sign, context } })).toBe('ImplicitlyDenied');
  });

  test('the key’s own policy counts, and so does a permissions boundary', async () => {
    const other = keyPolicy(accountDecides, onlySigner('arn:aws:iam::000000000000:role/other'));
    expect(await ask({ resourcePolicy: other })).toBe('ExplicitlyDenied');
    expect(await ask({ resourcePolicy: keyPolicy(accountDecides, onlySigner(role)) })).toBe('Allowed');
    expect(await ask({ boundary: allow('kms:Decrypt', '*') })).toBe('ImplicitlyDenied');
  });
});

test('a documented policy is read for the account of the tests', () => {
  expect(JSON.stringify(documentedPolicy('deploy'))).toContain(
    'arn:aws:iam::000000000000:role/cdk-gatehouse-deploy-role-000000000000-us-east-1',
  );
  expect(documentedPolicy('no-such-policy')).toBeUndefined();
});
