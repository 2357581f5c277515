import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type App, Duration, Fn, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type MethodOptions, MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Gatehouse, type GatehouseProps, JwtAuthorizer, type JwtAuthorizerProps } from '../../lib/index.ts';
import { functionCode, inlineCode, resourceOf, resourcesOf, statementsOf, testApp } from './support.ts';

const issuer = 'https://auth.example.com';
const audience = 'https://orders.example.com';
const native = { mode: 'native', issuer, audience } as const;
const lambda = { issuer, audience, code: inlineCode() };

function protectedApi(props: JwtAuthorizerProps, app: App = testApp(), options: MethodOptions = {}) {
  const stack = new Stack(app, 'Orders', { env: { region: 'eu-west-1' } });
  const authorizer = new JwtAuthorizer(stack, 'Authorizer', props);
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  const method = api.root.addMethod('GET', new MockIntegration(), { authorizer, ...options });
  return { app, stack, authorizer, api, method };
}

const templateOf = (props: JwtAuthorizerProps): Template => Template.fromStack(protectedApi(props).stack);
const authorizerOf = (template: Template) => resourceOf(template, 'AWS::ApiGateway::Authorizer').Properties;
const methodOf = (template: Template) => resourceOf(template, 'AWS::ApiGateway::Method').Properties;
const settingsOf = (template: Template) =>
  JSON.parse(resourceOf(template, 'AWS::Lambda::Function').Properties.Environment.Variables.GATEHOUSE_AUTHORIZER);
const deploymentId = (props: JwtAuthorizerProps): string =>
  Object.keys(resourcesOf(templateOf(props), 'AWS::ApiGateway::Deployment'))[0]!;

describe('mode native', () => {
  test('is API Gateway’s own JWT authorizer', () => {
    const template = templateOf({ ...native, requiredClaims: { tenant: 'acme' } });
    expect(authorizerOf(template)).toEqual({
      Name: expect.any(String),
      RestApiId: { Ref: expect.stringMatching(/^Api/) },
      Type: 'JWT',
      IdentitySource: 'method.request.header.Authorization',
      JwtConfiguration: {
        DefaultAlgorithms: ['ES256'],
        Issuers: [
          {
            Issuer: issuer,
            Audiences: [audience],
            AdditionalClaims: [
              { ClaimName: 'tenant', Format: 'SINGLE_STRING', Required: true, ExpectedValues: ['acme'] },
            ],
          },
        ],
      },
    });
    expect(methodOf(template)).toMatchObject({
      AuthorizationType: 'JWT',
      AuthorizerId: { Ref: expect.stringMatching(/^Authorizer/) },
    });
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('takes several audiences, other algorithms and another header', () => {
    const template = templateOf({
      ...native,
      audience: ['a', 'b'],
      algorithms: ['RS256', 'ES512'],
      identityHeader: 'X-Token',
    });
    expect(authorizerOf(template)).toMatchObject({
      IdentitySource: 'method.request.header.X-Token',
      JwtConfiguration: { DefaultAlgorithms: ['RS256', 'ES512'], Issuers: [{ Audiences: ['a', 'b'] }] },
    });
  });

  test('a change makes a new deployment, without which it would do nothing', () => {
    expect(deploymentId({ ...native, audience: 'other' })).not.toBe(deploymentId(native));
    expect(deploymentId(native)).toBe(deploymentId(native));
  });

  test('scopes are wanted of the methods that say so', () => {
    const { authorizer, api, method, stack } = protectedApi(native);
    authorizer.requireScopes(method, 'orders:read', 'orders:admin');
    api.root.addMethod('POST', new MockIntegration(), { authorizer });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'GET',
      AuthorizationScopes: ['orders:read', 'orders:admin'],
    });
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'POST',
      AuthorizationType: 'JWT',
      AuthorizationScopes: Match.absent(),
    });
  });

  test('is for one API, and for at least one method', () => {
    const { stack, authorizer } = protectedApi(native);
    const second = new RestApi(stack, 'Second');
    expect(() => second.root.addMethod('GET', new MockIntegration(), { authorizer })).toThrow(
      "protects 'Orders/Api' already; an authorizer is for one API, got 'Orders/Second'",
    );
    const unused = new Stack(testApp(), 'Unused');
    new JwtAuthorizer(unused, 'Authorizer', native);
    expect(() => Template.fromStack(unused)).toThrow('no method uses the authorizer');
  });
});

describe('mode lambda', () => {
  test('is a REQUEST authorizer, whose answers are kept for a minute by the header', () => {
    const template = templateOf(lambda);
    expect(authorizerOf(template)).toMatchObject({
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 60,
    });
    expect(methodOf(template)).toMatchObject({ AuthorizationType: 'CUSTOM', AuthorizerId: expect.anything() });
  });

  test('tells the function what it verifies', () => {
    expect(settingsOf(templateOf(lambda))).toEqual({
      issuer,
      audiences: [audience],
      identityHeader: 'Authorization',
      requiredScopes: [],
      requiredClaims: {},
      contextClaims: ['sub', 'email', 'role', 'scope', 'jti'],
    });
    const settings = {
      jwksUri: 'https://keys.example.com/jwks.json',
      algorithms: ['EdDSA'],
      requiredScopes: ['orders:read'],
      requiredClaims: { tenant: 'acme' },
      contextClaims: ['sub', 'tenant'],
      identityHeader: 'X-Token',
    } satisfies JwtAuthorizerProps;
    const template = templateOf({ ...lambda, ...settings, resultsCacheTtl: Duration.seconds(0) });
    expect(settingsOf(template)).toEqual({ issuer, audiences: [audience], ...settings });
    expect(authorizerOf(template)).toMatchObject({
      IdentitySource: 'method.request.header.X-Token',
      AuthorizerResultTtlInSeconds: 0,
    });
  });

  test('the function has the runtime of all, a cap if asked for, and may write its own log and nothing else', () => {
    const template = templateOf({ ...lambda, reservedConcurrency: 20 });
    expect(resourceOf(template, 'AWS::Lambda::Function').Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      ReservedConcurrentExecutions: 20,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.stringMatching(/^Authorizer/) } },
    });
    const statements = statementsOf(template, /^Authorizer/);
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatchObject({
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Authorizer.*Logs/), 'Arn'] },
    });
    expect(resourceOf(template, 'AWS::IAM::Role', /^Authorizer/).Properties.ManagedPolicyArns).toBeUndefined();
  });

  test('its logs are encrypted, kept for a year, and outlive the stack', () => {
    const group = resourceOf(templateOf(lambda), 'AWS::Logs::LogGroup');
    expect(group).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { RetentionInDays: 365, KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/LogsKey/), 'Arn'] } },
    });
  });

  test('with a key that is there already', () => {
    const app = testApp();
    const logsKey = new Key(new Stack(app, 'Keys', { env: { region: 'eu-west-1' } }), 'Key');
    const template = Template.fromStack(protectedApi({ ...lambda, logsKey }, app).stack);
    template.resourceCountIs('AWS::KMS::Key', 0);
    expect(JSON.stringify(resourceOf(template, 'AWS::Logs::LogGroup').Properties.KmsKeyId)).toContain('Keys');
  });

  test('only this authorizer may call the function', () => {
    const { Properties } = resourceOf(templateOf(lambda), 'AWS::Lambda::Permission', /^Authorizer/);
    expect(Properties).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' });
    expect(JSON.stringify(Properties.SourceArn)).toMatch(/execute-api:eu-west-1.*\/authorizers\//);
  });
});

describe('with a Gatehouse of the same app', () => {
  function beside(props: Partial<GatehouseProps>, authorizer: Partial<JwtAuthorizerProps> = {}) {
    const app = testApp();
    const stack = new Stack(app, 'Auth', { env: { region: 'eu-west-1' } });
    const gatehouse = new Gatehouse(stack, 'Gatehouse', {
      stage: 'dev',
      mailFrom: 'no-reply@example.com',
      code: functionCode(),
      ...props,
    });
    return { ...protectedApi({ gatehouse, ...authorizer } as JwtAuthorizerProps, app), auth: stack };
  }
  const named = { baseUrl: 'https://auth.example.com' };

  test('issuer, key set and audience are its own', () => {
    const { stack } = beside(named, { code: inlineCode() });
    expect(settingsOf(Template.fromStack(stack))).toMatchObject({
      issuer: 'https://auth.example.com',
      jwksUri: 'https://auth.example.com/.well-known/jwks.json',
      audiences: ['https://auth.example.com'],
    });
    const other = beside({ ...named, tokenAudience: 'orders' }, { code: inlineCode() });
    expect(settingsOf(Template.fromStack(other.stack))).toMatchObject({ audiences: ['orders'] });
  });

  test('the address is known at deployment only, in both modes', () => {
    for (const props of [{ code: inlineCode() }, { mode: 'native' as const }]) {
      const text = JSON.stringify(Template.fromStack(beside({}, props).stack).toJSON());
      expect(text).toMatch(/Fn::(ImportValue|GetStackOutput)/);
    }
  });

  test('native: the algorithms are those of its keys, and it has to be deployed before', () => {
    const signingKeys = [
      { id: 'a', algorithm: 'RS256', state: 'active' },
      { id: 'b', algorithm: 'ES256', state: 'active' },
      { id: 'c', algorithm: 'ES256', state: 'next' },
    ] as const;
    const { stack, auth } = beside({ ...named, signingKeys }, { mode: 'native' });
    const template = Template.fromStack(stack);
    expect(stack.dependencies.map(({ node }) => node.path)).toEqual([auth.node.path]);
    expect(authorizerOf(template).JwtConfiguration).toEqual({
      DefaultAlgorithms: ['RS256', 'ES256'],
      Issuers: [{ Issuer: 'https://auth.example.com', Audiences: ['https://auth.example.com'], AdditionalClaims: [] }],
    });
  });

  test('native: a key that API Gateway cannot verify wants a decision', () => {
    const signingKeys = [{ id: 'a', algorithm: 'EdDSA', state: 'active' }] as const;
    expect(() => beside({ ...named, signingKeys }, { mode: 'native' })).toThrow(
      "algorithms: 'EdDSA' is not allowed here; allowed are 'ES256', 'ES512', 'RS256'",
    );
    expect(() => beside({ ...named, signingKeys }, { mode: 'native', algorithms: ['ES256'] })).not.toThrow();
  });
});

describe('refused at synth, with the setting, what it is and what is allowed', () => {
  const js = (props: object) => protectedApi(props as JwtAuthorizerProps);

  test.each<[string, object, string]>([
    ['no issuer', { audience }, 'issuer: is missing; give it or gatehouse'],
    ['two issuers', { gatehouse: {}, issuer }, 'gatehouse: excludes issuer; give one of the two'],
    [
      'http',
      { ...lambda, issuer: 'http://auth.example.com' },
      'issuer: is "http://auth.example.com"; it must use https',
    ],
    ['no URL', { ...native, issuer: 'auth.example.com' }, 'issuer: is "auth.example.com", which is not a URL'],
    ['a slash', { ...native, issuer: `${issuer}/` }, `issuer: '${issuer}/' must not end with a slash`],
    ['a key set over http', { ...lambda, jwksUri: 'http://a.example.com' }, 'jwksUri: is "http://a.example.com"'],
    ['no audience', { ...lambda, audience: undefined }, 'audience: is empty'],
    ['an empty audience', { ...native, audience: ['a', ''] }, 'audience: is empty'],
    [
      'a symmetric algorithm',
      { ...lambda, algorithms: ['HS256'] },
      "algorithms: 'HS256' is not allowed here; allowed are",
    ],
    ['what API Gateway cannot', { ...native, algorithms: ['PS256'] }, "algorithms: 'PS256' is not allowed here"],
    ['no algorithm', { ...native, algorithms: [] }, 'algorithms: is empty; allowed are'],
    ['a header with spaces', { ...lambda, identityHeader: 'X Token' }, "identityHeader: 'X Token' is not allowed"],
    [
      'a claim that is verified anyway',
      { ...native, requiredClaims: { iss: 'x' } },
      "requiredClaims: 'iss' is not allowed",
    ],
    [
      'a claim without a value',
      { ...lambda, requiredClaims: { tenant: '' } },
      "requiredClaims: 'tenant' is not allowed",
    ],
    ['two scopes in one', { ...lambda, requiredScopes: ['a b'] }, "requiredScopes: 'a b' is not a scope"],
    ['a claim of API Gateway', { ...lambda, contextClaims: ['principalId'] }, "contextClaims: 'principalId' is not"],
    [
      'a long cache',
      { ...lambda, resultsCacheTtl: Duration.minutes(6) },
      'resultsCacheTtl: 360 seconds are not allowed; allowed are up to 300',
    ],
    [
      'an unknown mode',
      { ...lambda, mode: 'cognito' },
      "mode: 'cognito' is not allowed; allowed are 'lambda' and 'native'",
    ],
    [
      'settings of the other mode',
      { ...native, requiredScopes: ['a'], resultsCacheTtl: Duration.minutes(1) },
      "requiredScopes, resultsCacheTtl: has no effect in mode 'native'; allowed in mode 'lambda'",
    ],
  ])('%s', (_, props, message) => {
    expect(() => js(props)).toThrow(message);
  });

  test('but not what is known at deployment only', () => {
    expect(() =>
      js({ ...native, issuer: Fn.importValue('Issuer'), audience: Fn.importValue('Audience') }),
    ).not.toThrow();
  });

  test.each<[string, JwtAuthorizerProps, string]>([
    ['native', native, 'use requireScopes()'],
    ['lambda', lambda, 'use requiredScopes of the authorizer'],
  ])('%s: scopes in the options of a method, which aws-cdk-lib drops', (_, props, advice) => {
    const { stack } = protectedApi(props, testApp(), { authorizationScopes: ['orders:read'] });
    expect(() => Template.fromStack(stack)).toThrow(
      `authorizationScopes: has no effect on 'Orders/Api/Default/GET'; ${advice}`,
    );
  });

  test('requireScopes: on another’s method, without a scope, with two in one, in mode lambda', () => {
    const { authorizer, api, method } = protectedApi(native);
    const open = api.root.addMethod('PUT', new MockIntegration());
    expect(() => authorizer.requireScopes(open, 'a')).toThrow(
      "'Orders/Api/Default/PUT' has another authorizer or none",
    );
    expect(() => authorizer.requireScopes(method)).toThrow('requireScopes: no scope is given');
    expect(() => authorizer.requireScopes(method, 'a b')).toThrow("requireScopes: 'a b' is not a scope");
    const other = protectedApi(lambda);
    expect(() => other.authorizer.requireScopes(other.method, 'a')).toThrow("requireScopes: needs mode 'native'");
  });
});

test('settings of one mode do not compile in the other', () => {
  const { stack } = protectedApi(native);
  // @ts-expect-error API Gateway keeps no answers of its own JWT authorizers
  expect(() => new JwtAuthorizer(stack, 'A', { ...native, resultsCacheTtl: Duration.minutes(1) })).toThrow();
  // @ts-expect-error API Gateway does not verify EdDSA
  expect(() => new JwtAuthorizer(stack, 'B', { ...native, algorithms: ['EdDSA'] })).toThrow();
});

interface PluginReport {
  readonly pluginName: string;
  readonly violations: readonly { violatingConstructs: readonly { constructPath: string }[] }[];
}

test.each<[string, JwtAuthorizerProps]>([
  ['native', native],
  ['lambda', lambda],
])('%s: neither the schemas of CloudFormation nor cdk-nag have anything to say', (_, props) => {
  const app = testApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  protectedApi(props, app);
  // The API has findings of its own, which make synthesis fail.
  expect(() => app.synth()).toThrow('Validation failed');
  const report = readFileSync(join(app.outdir, 'validation-report.json'), 'utf8');
  const { pluginReports } = JSON.parse(report) as { pluginReports: PluginReport[] };
  const ours = pluginReports
    .flatMap(({ violations }) => violations)
    .filter(({ violatingConstructs }) =>
      violatingConstructs.some(({ constructPath }) => constructPath.startsWith('Orders/Authorizer')),
    );
  expect(ours).toEqual([]);
  expect(pluginReports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
});
