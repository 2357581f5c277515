import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthEndpoint } from 'better-auth/api';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import {
  type Answer,
  type Browser,
  password,
  type Stack,
  signedIn,
  startStack,
  trustedOrigin,
} from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** Nothing listens there: port 9 is the discard service. */
const unreachable = { ...awsConfig('http://127.0.0.1:9'), maxAttempts: 1 };

/** A DynamoDB client whose calls fail when `broken` says so of the command's name and table. */
function faultyDynamoDb(broken: (command: string, table: string) => boolean): DynamoDBClient {
  const client = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (broken(commandName, JSON.stringify(args.input))) {
          throw Object.assign(new Error('injected'), { name: 'ProvisionedThroughputExceededException' });
        }
        return next(args);
      },
    { step: 'initialize', priority: 'low' },
  );
  return client;
}

function expectUnavailable(answer: Answer, code: string): void {
  expect(answer).toMatchObject({ status: 503, json: { code, requestId: expect.any(String) }, cookies: [] });
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(answer.raw.body).not.toMatch(/injected|at .*\.ts/);
}

describe('DynamoDB', () => {
  test('that cannot be reached: credential paths fail closed', async () => {
    const browser = await stack.start({ clients: { dynamodb: new DynamoDBClient(unreachable) } });
    const answer = await browser.post('/api/auth/sign-in/email', { email: 'a@example.com', password });
    expectUnavailable(answer, 'RATE_LIMIT_UNAVAILABLE');
  });

  test.each([
    ['sign-in', '/api/auth/sign-in/email', { email: 'store@example.com', password }],
    ['sign-up', '/api/auth/sign-up/email', { name: 'A', email: 'store-2@example.com', password }],
    ['a reset request', '/api/auth/request-password-reset', { email: 'store@example.com' }],
  ])('without its identity table: %s is 503, not an empty 500', async (_, path, body) => {
    const dynamodb = faultyDynamoDb((_command, input) => input.includes('"identity"'));
    const browser = await stack.start({ clients: { dynamodb } });
    expectUnavailable(await browser.post(path, body), 'STORE_UNAVAILABLE');
  });

  test('that fails the delete: sign-out is 503, keeps the cookie, and the next try works', async () => {
    let down = false;
    const dynamodb = faultyDynamoDb((command) => down && /Delete|TransactWrite/.test(command));
    const browser = await stack.start({ clients: { dynamodb } });
    await signedIn(stack, browser, 'sign-out@example.com');
    down = true;
    expectUnavailable(await browser.post('/api/auth/sign-out'), 'STORE_UNAVAILABLE');
    down = false;
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ json: { user: {} } });
    expect(await browser.post('/api/auth/sign-out')).toMatchObject({ status: 200 });
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ json: null });
  });

  test('that fails the delete: revoking sessions is 503', async () => {
    let down = false;
    const dynamodb = faultyDynamoDb((command) => down && /Delete|TransactWrite/.test(command));
    const browser = await stack.start({ clients: { dynamodb } });
    await signedIn(stack, browser, 'revoke@example.com');
    const device: Browser = browser.another();
    await device.post('/api/auth/sign-in/email', { email: 'revoke@example.com', password });
    down = true;
    expectUnavailable(await browser.post('/api/auth/revoke-other-sessions'), 'STORE_UNAVAILABLE');
    down = false;
    expect(await device.get('/api/auth/get-session')).toMatchObject({ json: { user: {} } });
  });

  test('that fails the read: a session check is 503, not “signed out”', async () => {
    let down = false;
    const browser = await stack.start({ clients: { dynamodb: faultyDynamoDb(() => down) } });
    await signedIn(stack, browser, 'read@example.com');
    down = true;
    expectUnavailable(await browser.get('/api/auth/get-session'), 'STORE_UNAVAILABLE');
  });
});

describe('KMS', () => {
  test('that is down: no token, but key set, discovery and sessions go on, also in a new container', async () => {
    const browser = await stack.start({ clients: { kms: new KMSClient(unreachable) } });
    await signedIn(stack, browser, 'kms@example.com');
    expectUnavailable(await browser.get('/api/auth/token'), 'SIGNING_UNAVAILABLE');
    expect(await browser.get('/.well-known/jwks.json')).toMatchObject({
      status: 200,
      json: { keys: [{ alg: 'ES256' }] },
    });
    expect(await browser.get('/.well-known/openid-configuration')).toMatchObject({ status: 200 });
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ json: { user: {} } });
  });
});

describe('the secret', () => {
  test('that is missing: 503 with a code, while the key set is served', async () => {
    const variables = { GATEHOUSE_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:none-aaaaaa' };
    const browser = await stack.start({ variables });
    const answer = await browser.get('/api/auth/get-session', { Origin: trustedOrigin });
    expectUnavailable(answer, 'SECRET_UNAVAILABLE');
    expect(answer.headers.get('access-control-allow-origin')).toBe(trustedOrigin);
    expect(await browser.get('/.well-known/jwks.json')).toMatchObject({ status: 200 });
    const output = await captureLogs(() => browser.get('/health', { Origin: trustedOrigin }));
    expect(auditEvents(output)).toEqual([]);
  });

  test('that comes back: the next request works, without a new container', async () => {
    let down = true;
    const secretsManager = new SecretsManagerClient({ ...awsConfig(stack.awsEndpoint), maxAttempts: 1 });
    secretsManager.middlewareStack.add(
      (next) => (args) => (down ? Promise.reject(new Error('injected')) : next(args)),
      { step: 'initialize' },
    );
    const browser = await stack.start({ clients: { secretsManager } });
    expectUnavailable(await browser.get('/api/auth/get-session'), 'SECRET_UNAVAILABLE');
    down = false;
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ status: 200, json: null });
  });
});

describe('a wrong configuration', () => {
  test('of a plugin fails at init, not at every request', async () => {
    const plugin = { id: 'broken', init: () => Promise.reject(new Error('plugin is broken')) };
    await expect(stack.start({ options: { plugins: [plugin] } })).rejects.toThrow('plugin is broken');
  });

  test.each(['*', 'http://app.example.com', 'https://*.com'])(
    'of a fork’s trusted origin %s fails at init',
    async (origin) => {
      await expect(stack.start({ options: { trustedOrigins: [origin] } })).rejects.toThrow(
        `trusted origin '${origin}'`,
      );
    },
  );
});

describe('the mail queue', () => {
  test.each(['/api/auth/request-password-reset', '/api/auth/send-verification-email'])(
    'that is down does not tell on %s which addresses have an account, but rings',
    async (path) => {
      const browser = await stack.start({ clients: { sqs: new SQSClient(unreachable) } });
      const email = `queue${path.length}@example.com`;
      await browser.post('/api/auth/sign-up/email', { name: 'Q', email, password });
      const answers: Answer[] = [];
      const output = await captureLogs(async () => {
        for (const address of [email, 'nobody@example.com']) answers.push(await browser.post(path, { email: address }));
      });
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers[0]!.json).toEqual(answers[1]!.json);
      expect(auditEvents(output)[0]).toMatchObject({ event: 'mail_failed', status_code: 'MAIL_UNAVAILABLE' });
    },
  );

  test('that is down: sign-up says so, and the owner can ask for the mail later', async () => {
    const broken = await stack.start({ clients: { sqs: new SQSClient(unreachable) } });
    const body = { name: 'A', email: 'mail@example.com', password };
    expectUnavailable(await broken.post('/api/auth/sign-up/email', body), 'MAIL_UNAVAILABLE');
    const browser = await stack.start();
    await browser.post('/api/auth/send-verification-email', { email: body.email });
    expect(await stack.mails()).toMatchObject([{ kind: 'verify-email', to: body.email }]);
  });
});

test('a duplicate that an endpoint does not handle is 409, not 500', async () => {
  const taken = {
    email: 'taken@example.com',
    name: 'T',
    emailVerified: false,
    createdAt: new Date(),
    updatedAt: new Date(),
  };
  const endpoint = createAuthEndpoint('/take', { method: 'POST' }, async ({ context }) => {
    await context.adapter.create({ model: 'user', data: taken });
    return { ok: true };
  });
  const browser = await stack.start({ options: { plugins: [{ id: 'take', endpoints: { take: endpoint } }] } });
  expect(await browser.post('/api/auth/take')).toMatchObject({ status: 200 });
  expect(await browser.post('/api/auth/take')).toMatchObject({ status: 409, json: { code: 'CONFLICT' } });
});

test('every failure is one audit event, without its cause', async () => {
  const browser = await stack.start({ clients: { kms: new KMSClient(unreachable) } });
  await signedIn(stack, browser, 'audit-failure@example.com');
  const output = await captureLogs(() => browser.get('/api/auth/token'));
  expect(auditEvents(output)).toMatchObject([
    {
      event: 'token_signing_failed',
      status_id: 2,
      status_code: 'SIGNING_UNAVAILABLE',
      status_detail: expect.stringMatching(/^SigningError < /),
      severity_id: 4,
    },
  ]);
  expect(output).not.toMatch(/127\.0\.0\.1:9|ECONNREFUSED/);
});
