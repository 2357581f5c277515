import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ResourceApiStack } from '../../examples/resource-api/resource-api-stack.ts';
import { createVerifier, type VerificationAlgorithm } from '../../verify/index.ts';
import { apiGateway } from '../lambda/authorizer/api-gateway.ts';
import { resourceOf, resourcesOf } from '../lib/support.ts';
import { proxyEvent } from '../support/event.ts';
import { type Browser, baseUrl, type Stack, signedIn, startStack } from '../support/stack.ts';

const folder = resolve('examples/resource-api');
const { context } = JSON.parse(readFileSync(join(folder, 'cdk.json'), 'utf8')) as { context: Record<string, string> };
const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-example-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Without a bundle of the handler, which the CDK CLI makes below. */
function templateOf(settings: Record<string, string> = {}): Template {
  const app = new App({
    context: { ...context, 'aws:cdk:bundling-stacks': [], ...settings },
    outdir: mkdtempSync(join(scratch, 'app-')),
  });
  return Template.fromStack(new ResourceApiStack(app, 'ResourceApi'));
}

const variablesOf = (template: Template, idPattern: RegExp): Record<string, string> =>
  resourceOf(template, 'AWS::Lambda::Function', idPattern).Properties.Environment.Variables;
const authorizerOf = (template: Template) => resourceOf(template, 'AWS::ApiGateway::Authorizer').Properties;

describe('the app', () => {
  test.each([
    ['lambda', 'REQUEST', 'CUSTOM', 2],
    ['native', 'JWT', 'JWT', 1],
  ])('mode %s: every method has the authorizer', (mode, type, authorizationType, functions) => {
    const template = templateOf({ mode });
    expect(authorizerOf(template).Type).toBe(type);
    const methods = Object.values(resourcesOf(template, 'AWS::ApiGateway::Method')).map(({ Properties }) => Properties);
    expect(methods.map(({ HttpMethod }) => HttpMethod).sort()).toEqual(['DELETE', 'GET']);
    for (const method of methods) {
      expect(method).toMatchObject({
        AuthorizationType: authorizationType,
        AuthorizerId: { Ref: expect.stringMatching(/^Authorizer/) },
      });
    }
    template.resourceCountIs('AWS::Lambda::Function', functions);
    expect(variablesOf(template, /^Orders/)).toMatchObject({ ISSUER: context.issuer, AUDIENCE: context.audience });
  });

  test('another mode is refused', () => {
    expect(() => templateOf({ mode: 'cognito' })).toThrow("mode: 'cognito' is not allowed");
  });

  test('the CDK CLI synthesizes it as it stands, with a bundle that loads', async () => {
    const run = promisify(execFile);
    const output = join(scratch, 'cdk.out');
    const cdk = resolve('node_modules/aws-cdk/bin/cdk');
    await run(process.execPath, [cdk, 'synth', '--quiet', '--no-notices', '--output', output, '-c', 'mode=native'], {
      cwd: folder,
      env: { ...process.env, CI: '1', CDK_DISABLE_CLI_TELEMETRY: 'true' },
    });
    const template = Template.fromString(readFileSync(join(output, 'ResourceApi.template.json'), 'utf8'));
    expect(authorizerOf(template).Type).toBe('JWT');
    const { Metadata } = Object.values(template.findResources('AWS::Lambda::Function'))[0]!;
    const bundle = pathToFileURL(join(output, Metadata['aws:asset:path'], 'index.mjs')).href;
    const load = `console.log(Object.keys(await import('${bundle}')).join())`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', load], {
      env: variablesOf(template, /^Orders/),
    });
    expect(stdout).toBe('handler\n');
  });
});

describe('its API, with tokens of the stack', () => {
  const template = templateOf({ issuer: baseUrl, audience: 'orders', mode: 'lambda' });
  const variables = { GATEHOUSE_AUDIENCE_ALGORITHMS: '{"orders":"ES256"}' };
  let stack: Stack;
  let browser: Browser;
  let user: string;
  let api: ReturnType<typeof apiGateway>;
  let handler: typeof import('../../examples/resource-api/handler.ts').handler;

  beforeAll(async () => {
    stack = await startStack();
    browser = await stack.start({ variables });
    await signedIn(stack, browser, 'ada@example.com');
    user = (await browser.get('/api/auth/get-session')).json.user.id;
    // The issuer's address leads to the stack.
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
      const url = String(input);
      if (!url.startsWith(baseUrl)) throw new Error(`nobody answers at ${url}`);
      const { status, headers, raw } = await browser.another().get(url.slice(baseUrl.length));
      return new Response(raw.body, { status, headers });
    });
    // Both functions as they are deployed, each with the environment that the template gives it.
    Object.assign(process.env, variablesOf(template, /^Orders/), variablesOf(template, /^Authorizer/));
    ({ handler } = await import('../../examples/resource-api/handler.ts'));
    api = apiGateway((await import('../../lambda/authorizer/handler.ts')).handler);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await stack.stop();
  });

  async function tokenFor(audience: string, from = browser): Promise<string> {
    return (await from.get(`/api/auth/token?audience=${audience}`)).json.token;
  }

  /** A token that was issued so many seconds ago. */
  async function tokenOfAge(seconds: number): Promise<string> {
    const earlier = await stack.start({ variables, now: () => new Date(Date.now() - seconds * 1000) });
    for (const [name, value] of browser.jar) earlier.jar.set(name, value);
    return tokenFor('orders', earlier);
  }

  type Headers = Record<string, string | string[]>;
  async function send(method: string, headers: Headers, authorizer?: object) {
    const event = proxyEvent({ method, path: '/orders', headers });
    const requestContext = { ...event.requestContext, authorizer };
    const answer = await handler({ ...event, requestContext } as unknown as APIGatewayProxyEvent);
    return { ...answer, body: JSON.parse(answer.body) };
  }

  /** A request through API Gateway: the authorizer's function, and what it lets through. */
  async function request(method: string, headers: Headers) {
    const { status, authorizer } = await api.send({ method, path: '/orders', headers });
    return status === 200 ? send(method, headers, authorizer) : { statusCode: status };
  }

  test('mode lambda: the handler sees whose token it is', async () => {
    const answer = await request('GET', { Authorization: `Bearer ${await tokenFor('orders')}` });
    expect(answer).toEqual({ statusCode: 200, body: { user, email: 'ada@example.com', orders: [] } });
  });

  test('mode native: it sees the same', async () => {
    const { DefaultAlgorithms, Issuers } = authorizerOf(
      templateOf({ issuer: baseUrl, audience: 'orders', mode: 'native' }),
    ).JwtConfiguration;
    const verifier = createVerifier({
      issuer: Issuers[0].Issuer,
      audience: Issuers[0].Audiences,
      algorithms: DefaultAlgorithms as [VerificationAlgorithm],
    });
    const Authorization = `Bearer ${await tokenFor('orders')}`;
    const claims = await verifier.verifyAuthorization(Authorization);
    const answer = await send('GET', { Authorization }, { claims });
    expect(answer).toEqual({ statusCode: 200, body: { user, email: 'ada@example.com', orders: [] } });
  });

  test('a token for somebody else, a session’s and none do not get to it', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const { session } = (await browser.get('/api/auth/get-session')).json;
    for (const token of [await tokenFor(encodeURIComponent(baseUrl)), session.token]) {
      expect(await request('GET', { Authorization: `Bearer ${token}` })).toEqual({ statusCode: 401 });
    }
    expect(await request('GET', {})).toEqual({ statusCode: 401 });
    const codes = warn.mock.calls.map(([line]) => JSON.parse(line).audit.status_code);
    expect(codes).toEqual(['AUDIENCE_MISMATCH', 'TOKEN_MALFORMED']);
    warn.mockRestore();
  });

  test.each(['Authorization', 'authorization'])('deleting takes a fresh token, in %s', async (name) => {
    const answer = await request('DELETE', { [name]: `Bearer ${await tokenFor('orders')}` });
    expect(answer).toEqual({ statusCode: 200, body: { user, orders: 'deleted' } });
  });

  test('deleting with an older token, which reads, is refused; the client may fetch another one', async () => {
    const headers = { Authorization: `Bearer ${await tokenOfAge(120)}` };
    expect(await request('GET', headers)).toMatchObject({ statusCode: 200 });
    expect(await request('DELETE', headers)).toMatchObject({
      statusCode: 401,
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
  });

  test('the handler’s own check takes neither two tokens nor none, whoever let them through', async () => {
    const Authorization = `Bearer ${await tokenFor('orders')}`;
    expect(await send('DELETE', { Authorization: [Authorization, Authorization] })).toMatchObject({ statusCode: 401 });
    expect(await send('DELETE', { Authorization, authorization: 'Bearer x' })).toMatchObject({ statusCode: 401 });
    expect(await send('DELETE', {})).toMatchObject({ statusCode: 401, headers: { 'www-authenticate': 'Bearer' } });
  });
});
