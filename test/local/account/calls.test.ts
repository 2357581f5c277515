import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCalls } from '../../../local/account/calls.ts';
import { compileChild } from '../../../local/compile.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
let server: Server;
let endpoint: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-calls-'));
  server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

/** A process with the recorder, and the real SDK, whose ways of sending are what has to be recorded. */
async function record(name: string, script: string, environment: Record<string, string> = {}): Promise<string> {
  const calls = join(folder, name);
  mkdirSync(calls);
  const recorder = pathToFileURL(compileChild('account/record-calls', folder)).href;
  await run(process.execPath, [`--import=${recorder}`, '--input-type=module', '--eval', script], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      GATEHOUSE_CALLS_FOLDER: calls,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'secret',
      ...environment,
    },
  });
  return calls;
}

test('a call of the SDK is recorded with its caller, its operation and its parameters', async () => {
  const script = `
    import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
    await new DynamoDBClient({}).send(new GetItemCommand({ TableName: 'users', Key: { pk: { S: 'ada' } } }));`;
  const calls = readCalls(await record('dynamodb', script, { AWS_LAMBDA_FUNCTION_NAME: 'auth' }));
  expect(calls).toEqual([
    expect.objectContaining({
      accessKeyId: 'AKIATEST',
      functionName: 'auth',
      service: 'dynamodb',
      operation: 'GetItem',
      input: { TableName: 'users', Key: { pk: { S: 'ada' } } },
    }),
  ]);
});

test('a call that names its operation by method and path is recorded too', async () => {
  const script = `
    import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
    await new SESv2Client({}).send(new SendEmailCommand({ FromEmailAddress: 'a@example.com', Content: {} }));`;
  const [call] = readCalls(await record('ses', script));
  expect(call).toMatchObject({ service: 'ses', operation: 'SendEmail', input: { FromEmailAddress: 'a@example.com' } });
  expect(call?.functionName).toBeUndefined();
});

test('what is not signed for AWS is not recorded', async () => {
  const script = `
    import { get } from 'node:http';
    await new Promise((resolve) => get(process.env.AWS_ENDPOINT_URL, (answer) => answer.resume().once('end', resolve)));`;
  expect(readCalls(await record('unsigned', script))).toEqual([]);
});

test('an operation without a name is an error that says where to add it; a line that is being written is left for later', () => {
  const calls = join(folder, 'unknown');
  mkdirSync(calls);
  const call = { at: 1, accessKeyId: 'A', service: 's3', method: 'PATCH', path: '/bucket', target: '', body: '' };
  writeFileSync(join(calls, '1.jsonl'), JSON.stringify(call).slice(0, 20));
  expect(readCalls(calls)).toEqual([]);
  writeFileSync(join(calls, '1.jsonl'), `${JSON.stringify(call)}\n`);
  expect(() => readCalls(calls)).toThrow("s3: 'PATCH /bucket' has no name in restOperations");
});
