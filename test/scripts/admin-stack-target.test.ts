import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runAdmin } from '../../scripts/admin/run-admin.ts';
import { stackTarget } from '../../scripts/admin/stack-target.ts';
import { type RecordingAccount, startAccount } from './admin-account.ts';

const stacks = {
  'Gatehouse-dev': {
    BaseUrl: 'https://auth.example.com',
    IdentityTableName: 'identity',
    RateLimitTableName: 'limits',
    AuthSecretArn: 'arn:secret',
    AuditLogGroupName: 'audit',
  },
  Other: { BucketName: 'bucket' },
};
const arn = 'arn:aws:sts::111122223333:assumed-role/Admin/ada';

let account: RecordingAccount;
beforeAll(async () => {
  account = await startAccount({ stacks, arn });
});
afterAll(() => account.stop());

test('a stack is found by its outputs, and the operator by the credentials', async () => {
  expect(await stackTarget('Gatehouse-dev', 'eu-west-1')).toEqual({
    name: 'Gatehouse-dev',
    baseUrl: 'https://auth.example.com',
    identityTable: 'identity',
    rateLimitTable: 'limits',
    authSecret: 'arn:secret',
    auditLogGroup: 'audit',
    operator: arn,
    dynamodb: { region: 'eu-west-1' },
    aws: { region: 'eu-west-1' },
  });
});

test.each([
  ['Missing', 3, "STACK_UNKNOWN: there is no stack 'Missing' in this account and Region"],
  ['Other', 3, "STACK_UNKNOWN: the stack 'Other' has no output 'BaseUrl'; it is no Gatehouse"],
  ['Forbidden', 4, 'PERMISSION_MISSING: not authorized to perform: cloudformation:DescribeStacks'],
])('%s ends with %i', async (stack, code, message) => {
  const errors: string[] = [];
  const host = { root: process.cwd(), now: () => new Date(), ask: async () => undefined, print: () => {} };
  const argv = ['erase', 'ada@example.com', '--yes', '--stack', stack, '--region', 'eu-west-1'];
  expect(await runAdmin(argv, { ...host, printError: (text) => errors.push(text) })).toBe(code);
  expect(errors).toEqual([expect.stringContaining(message)]);
});
