import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundleFunction, type FunctionName } from '../../lib/bundle.ts';
import { proxyEvent } from '../support/event.ts';
import { sizeAtInit } from '../support/size-at-init.ts';
import { origin, type Stack, startStack } from '../support/stack.ts';
import { audience, goodClaims, keySetOf, signed, signingKey } from '../verify/issuer.ts';
import { json, startServer } from '../verify/key-server.ts';
import { authorizerEvent } from './authorizer/api-gateway.ts';

let stack: Stack;
let folder: string;
beforeAll(async () => {
  stack = await startStack();
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stack.stop();
});

function bundle(name: FunctionName, authOptions?: string): string {
  const target = join(folder, `${name}-${authOptions ? 'custom' : 'own'}`);
  bundleFunction(name, target, authOptions);
  return join(target, 'index.mjs');
}

/** Loads the file in a process of its own, as Lambda does, and calls its handler. NODE_ENV is unset, as in Lambda. */
async function invoke(file: string, event: object, variables: Record<string, string> = {}) {
  const script = `import(${JSON.stringify(file)})
    .then(({ handler }) => handler(${JSON.stringify(event)}, {}))
    .then((result) => process.stdout.write('\\n' + JSON.stringify({ result, nodeEnv: process.env.NODE_ENV })))`;
  const aws = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const env = {
    ...aws,
    ...stack.variables,
    AWS_ENDPOINT_URL: stack.awsEndpoint,
    AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint,
    ...variables,
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', script], { env, cwd: tmpdir() });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as {
    result: { statusCode: number; body: string };
    nodeEnv: string;
  };
}

describe('the bundled files', () => {
  test('auth: loads, answers from DynamoDB, and sets NODE_ENV itself', async () => {
    const file = bundle('auth');
    const body = { name: 'B', email: 'bundle@example.com', password: 'correct horse battery staple' };
    const headers = { Origin: 'https://auth.example.com' };
    const event = proxyEvent({ method: 'POST', path: '/api/auth/sign-up/email', body, headers });
    const { result, nodeEnv } = await invoke(file, event);
    expect(result).toMatchObject({ statusCode: 200, body: expect.stringContaining('bundle@example.com') });
    expect(nodeEnv).toBe('production');
    expect(await stack.mails()).toMatchObject([{ kind: 'verify-email' }]);
    expect(sizeAtInit(file)).toBeLessThan(1_000_000);
    expect(readFileSync(file, 'utf8')).not.toContain('BETTER_AUTH_TELEMETRY_ENDPOINT');
  });

  test('auth: a wrong configuration fails at init and names the setting', async () => {
    const event = proxyEvent({ path: '/health' });
    await expect(
      invoke(bundle('auth'), event, { GATEHOUSE_BASE_URL: 'http://auth.example.com' }),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining("baseUrl 'http://auth.example.com' must use https in stage 'prod'"),
    });
  });

  test('auth: takes a fork’s own options', async () => {
    const options = join(folder, 'my-options.ts');
    writeFileSync(options, "export default { appName: 'Mine', disabledPaths: ['/sign-up/email'] };\n");
    const event = proxyEvent({ method: 'POST', path: '/api/auth/sign-up/email', body: {} });
    expect((await invoke(bundle('auth', options), event)).result.statusCode).toBe(404);
  });

  test('auth: rates passwords with dictionaries beside the bundle, which init does not load, also in a fork', async () => {
    const options = join(folder, 'rating-options.ts');
    writeFileSync(options, "export default { appName: 'Mine' };\n");
    const body = { name: 'B', email: 'rating@example.com', password: 'password1234' };
    const event = proxyEvent({ method: 'POST', path: '/api/auth/sign-up/email', body, headers: { Origin: origin } });
    for (const file of [bundle('auth'), bundle('auth', options)]) {
      const { result } = await invoke(file, event);
      expect(JSON.parse(result.body)).toMatchObject({ code: 'PASSWORD_TOO_WEAK' });
      const chunks = join(dirname(file), 'chunks');
      const dictionaries = readdirSync(chunks).filter((name) => name.startsWith('strength-estimator-'));
      expect(dictionaries).toHaveLength(1);
      expect(statSync(join(chunks, dictionaries[0]!)).size).toBeGreaterThan(1_000_000);
      expect(sizeAtInit(file)).toBeLessThan(1_000_000);
    }
  });

  test('auth: options that do not exist are an error that names the file', () => {
    expect(() => bundle('auth', '/nowhere/options.ts')).toThrow("authOptions '/nowhere/options.ts' does not exist");
  });

  test('mailer: sends what is queued, and returns only what failed', async () => {
    const record = (messageId: string, mail: object) => ({ messageId, body: JSON.stringify(mail) });
    const good = { kind: 'verify-email', to: 'a@example.com', url: 'https://auth.example.com/verify' };
    const event = { Records: [record('good', good), record('bad', { kind: 'spam', to: 'a@example.com' })] };
    const { result } = await invoke(bundle('mailer'), event, { GATEHOUSE_MAIL_FROM: 'no-reply@example.com' });
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
    expect(stack.sentMail()).toMatchObject([{ to: ['a@example.com'] }]);
  });

  test('key-publisher: answers CloudFormation with the public keys', async () => {
    const answers: unknown[] = [];
    const server = createServer(async (request, response) => {
      answers.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const event = {
      RequestType: 'Create',
      ResponseURL: `http://127.0.0.1:${port}/`,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'PublishedKeys',
      ResourceProperties: { Keys: [{ id: '2026-11', algorithm: 'ES256', state: 'active', keyArn: stack.keyArn }] },
    };
    const file = bundle('key-publisher');
    await invoke(file, event);
    await invoke(file, { ...event, ResourceProperties: { Keys: [] } });
    server.close();
    expect(answers).toMatchObject([
      { Status: 'SUCCESS', Data: { PublishedKeys: stack.variables.GATEHOUSE_SIGNING_KEYS } },
      { Status: 'FAILED', Reason: expect.stringContaining('Keys') },
    ]);
  });

  test('authorizer: verifies with keys that it fetches, and writes nothing but why it refuses', async () => {
    const key = await signingKey('key-1');
    const server = await startServer(json(keySetOf(key)));
    const settings = {
      issuer: server.url,
      jwksUri: `${server.url}/jwks.json`,
      audiences: [audience],
      identityHeader: 'Authorization',
      requiredScopes: [],
      requiredClaims: {},
      contextClaims: ['sub'],
    };
    const variables = { GATEHOUSE_AUTHORIZER: JSON.stringify(settings) };
    const iat = Math.floor(Date.now() / 1000);
    const token = await signed(key, { ...goodClaims, iss: server.url, iat, exp: iat + 900 });
    const forged = await signed(await signingKey('key-1'), { ...goodClaims, iss: server.url, iat, exp: iat + 900 });
    const file = bundle('authorizer');
    const ask = (value: string) =>
      invoke(file, authorizerEvent({ headers: { Authorization: `Bearer ${value}` } }), variables);
    const [accepted, refused, misconfigured] = await Promise.all([
      ask(token),
      ask(forged).catch(({ stderr }: { stderr: string }) => stderr),
      invoke(file, authorizerEvent(), { GATEHOUSE_AUTHORIZER: '{}' }).catch(({ stderr }: { stderr: string }) => stderr),
    ]).finally(() => server.stop());
    expect(accepted.result).toMatchObject({ principalId: 'user-1', context: { sub: 'user-1' } });
    expect(refused).toMatch(/^\{.*"status_code":"SIGNATURE_INVALID".*\}$/m);
    expect(refused).toContain('Error: Unauthorized');
    expect(forged.split('.').filter((part) => String(refused).includes(part))).toEqual([]);
    expect(misconfigured).toContain('GATEHOUSE_AUTHORIZER is not valid: issuer');
  });
});
