import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { DynamoDBClient, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LimitOptions } from '../../../lambda/limits/limit-options.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';

let stack: Stack;
let silent: Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  stack = await startStack();
  // Takes requests and never answers.
  silent = createServer((socket) => sockets.add(socket));
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((done) => silent.close(done));
  await stack.stop();
});

type State = 'up' | 'down' | 'slow';

/** A container whose rate-limit table is in the state that the test sets; its identity table is well. */
async function start(limits: LimitOptions = {}) {
  const table: { state: State } = { state: 'up' };
  const { port } = silent.address() as AddressInfo;
  const requestHandler = { requestTimeout: 50, throwOnRequestTimeout: true };
  const slow = new DynamoDBClient({ ...awsConfig(`http://127.0.0.1:${port}`), maxAttempts: 1, requestHandler });
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  dynamodb.middlewareStack.add(
    (next) => async (args) => {
      const input = args.input as UpdateItemCommandInput;
      if (input.TableName !== 'limits' || table.state === 'up') return next(args);
      // Whatever it is, it does not get through.
      if (table.state === 'slow') await slow.send(new UpdateItemCommand(input));
      throw Object.assign(new Error('injected'), { name: 'ProvisionedThroughputExceededException' });
    },
    { step: 'initialize', priority: 'low' },
  );
  const browser = await stack.start({ ...withCheapPasswords({}, { limits }), clients: { dynamodb } });
  return { browser, table };
}

const credentials: readonly [path: string, body: object][] = [
  ['/sign-in/email', { email: 'a@example.com', password }],
  ['/sign-up/email', { name: 'A', email: 'a@example.com', password }],
  ['/request-password-reset', { email: 'a@example.com' }],
  ['/reset-password', { newPassword: password, token: 'x' }],
  ['/send-verification-email', { email: 'a@example.com' }],
  ['/change-password', { currentPassword: password, newPassword: password }],
  ['/two-factor/verify-totp', { code: '000000' }],
  ['/two-factor/verify-backup-code', { code: 'x' }],
];

describe.each(['down', 'slow'] as const)('a rate-limit table that is %s', (state) => {
  test.each(credentials)('closes %s: 503 with a code and Retry-After', async (path, body) => {
    const { browser, table } = await start();
    table.state = state;
    const answer = await browser.post(`/api/auth${path}`, body);
    expect(answer).toMatchObject({ status: 503, json: { code: 'RATE_LIMIT_UNAVAILABLE' }, cookies: [] });
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(answer.headers.get('ratelimit')).toBeNull();
  });

  test('lets session checks go on, and lets people end their sessions', async () => {
    const { browser, table } = await start();
    await signedIn(stack, browser, `${state}@example.com`);
    table.state = state;
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ status: 200, json: { user: {} } });
    expect(await browser.get('/api/auth/list-sessions')).toMatchObject({ status: 200, json: [{}] });
    expect((await browser.post('/api/auth/revoke-other-sessions')).status).toBe(200);
    expect((await browser.post('/api/auth/sign-out')).status).toBe(200);
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ status: 200, json: null });
  });

  test('closes the minting of tokens and what has no policy of its own', async () => {
    const { browser, table } = await start();
    await signedIn(stack, browser, `mint-${state}@example.com`);
    table.state = state;
    for (const path of ['/token', '/ok']) {
      expect(await browser.get(`/api/auth${path}`)).toMatchObject({
        status: 503,
        json: { code: 'RATE_LIMIT_UNAVAILABLE' },
      });
    }
    table.state = 'up';
    expect((await browser.get('/api/auth/ok')).status).toBe(200);
  });
});

const get = (browser: Browser, path: string) => browser.get(`/api/auth${path}`);

test('the policy is a setting, path by path; the first pattern that matches counts', async () => {
  const { browser, table } = await start({ whenUnavailable: { '/list-sessions': 'refuse', '/o*': 'allow' } });
  table.state = 'down';
  expect((await get(browser, '/list-sessions')).status).toBe(503);
  expect((await get(browser, '/ok')).status).toBe(200);
  expect((await browser.post('/api/auth/sign-out')).status).toBe(200);
});

test('an outage that clients are not told of rings all the same', async () => {
  const { browser, table } = await start();
  table.state = 'down';
  const output = await captureLogs(() => browser.post('/api/auth/sign-out'));
  expect(auditEvents(output)).toMatchObject([
    { event: 'store_failed', status_code: 'RATE_LIMIT_UNAVAILABLE', http_response: { code: 200 } },
    { event: 'sign_out', http_response: { code: 200 } },
  ]);
});

test('prod does not start with credential paths that would stay open', async () => {
  const limits = { whenUnavailable: { '/sign-in/*': 'allow' } } as const;
  await expect(stack.start({ options: { limits } })).rejects.toThrow(
    /limits\.whenUnavailable answers \/sign-in\/email/,
  );
});
