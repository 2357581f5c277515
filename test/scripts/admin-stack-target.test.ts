import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runAdmin } from '../../scripts/admin/run-admin.ts';
import { stackTarget } from '../../scripts/admin/stack-target.ts';

/** CloudFormation and STS on their wire protocol; what a stack's name means here. */
const outputs: Record<string, Record<string, string>> = {
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

let server: Server;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const parameters = new URLSearchParams(body);
    const [status, text] = answer(parameters.get('Action')!, parameters.get('StackName') ?? '');
    response.writeHead(status, { 'content-type': 'text/xml' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
});
afterAll(() => {
  server.close();
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
});

function answer(action: string, stack: string): [number, string] {
  if (action === 'GetCallerIdentity') return [200, wrap(action, `<Arn>${arn}</Arn>`)];
  if (stack === 'Forbidden')
    return [403, failure('AccessDenied', 'not authorized to perform: cloudformation:DescribeStacks')];
  const found = outputs[stack];
  if (!found) return [400, failure('ValidationError', `Stack with id ${stack} does not exist`)];
  const members = Object.entries(found).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return [200, wrap(action, `<Stacks><member><Outputs>${members.join('')}</Outputs></member></Stacks>`)];
}

const wrap = (action: string, result: string) =>
  `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
const failure = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

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
