import { readFileSync } from 'node:fs';
import { expect, jest, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { transformSync } from 'esbuild';
import * as gatehouse from '../../lib/index.ts';
import { functionCode, inlineCode, resourceOf, resourcesOf, testApp } from './support.ts';

// The first test loads modules of aws-cdk-lib that no other test needs.
jest.setTimeout(120_000);

/** The constructs without bundles. */
const withoutBundles = {
  ...gatehouse,
  Gatehouse: class extends gatehouse.Gatehouse {
    constructor(scope: Construct, id: string, props: gatehouse.GatehouseProps) {
      super(scope, id, { ...props, code: functionCode() });
    }
  },
  JwtAuthorizer: class extends gatehouse.JwtAuthorizer {
    constructor(scope: Construct, id: string, props: gatehouse.JwtAuthorizerProps) {
      super(scope, id, props.mode === 'native' ? props : { ...props, code: inlineCode() });
    }
  },
};

const load = (name: string) => (name === 'cdk-gatehouse' ? withoutBundles : import(name));

/** What the page says is the reader's. */
function readersOwn(stack: Stack) {
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 });
  const arn = 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111-1111-4111-8111-111111111111';
  const listener = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc }).addListener('Listener', {
    port: 443,
    certificates: [Certificate.fromCertificateArn(stack, 'Certificate', arn)],
    defaultAction: ListenerAction.fixedResponse(404),
  });
  return {
    handler: new LambdaFunction(stack, 'Handler', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: inlineCode(),
    }),
    listener,
    targets: new ApplicationTargetGroup(stack, 'Targets', {
      vpc,
      protocol: ApplicationProtocol.HTTPS,
      targetType: TargetType.IP,
    }),
    schema: 'test/lib/jwt-authorizer-docs.graphql',
  };
}

const page = readFileSync('docs/authorizers.md', 'utf8');
/** By the heading that each stands under. */
const snippets = new Map<string, string>();
let heading = '';
for (const [, title, code] of page.matchAll(/^#+ (.+)|^```ts\n([\s\S]*?)^```$/gm)) {
  if (title) heading = title;
  if (code) snippets.set(heading, code);
}

const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

async function synthesize(heading: string): Promise<Template> {
  const stack = new Stack(testApp(), 'Docs', { env: { region: 'eu-west-1' } });
  const given = readersOwn(stack);
  const { code } = transformSync(snippets.get(heading)!, {
    loader: 'ts',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  const body = code.replaceAll(/import (\{[^}]*\}) from "([^"]+)";/g, 'const $1 = await load("$2");');
  await (AsyncFunction('load', ...Object.keys(given), body) as (...args: unknown[]) => Promise<void>).call(
    stack,
    load,
    ...Object.values(given),
  );
  return Template.fromStack(stack);
}

test('every snippet of the page is tested here', () => {
  expect([...snippets.keys()]).toEqual([
    'REST API',
    'Mode native',
    'RS256 for an audience',
    'HTTP API',
    'Application Load Balancer',
    'AppSync',
  ]);
});

test('REST API', async () => {
  const template = await synthesize('REST API');
  template.hasResourceProperties('AWS::ApiGateway::Authorizer', { Type: 'REQUEST' });
  template.hasResourceProperties('AWS::ApiGateway::Method', { AuthorizationType: 'CUSTOM', HttpMethod: 'GET' });
});

test('mode native', async () => {
  const template = await synthesize('Mode native');
  template.hasResourceProperties('AWS::ApiGateway::Authorizer', { Type: 'JWT' });
  template.hasResourceProperties('AWS::ApiGateway::Method', {
    AuthorizationType: 'JWT',
    AuthorizationScopes: ['orders:read', 'orders:admin'],
  });
});

test('RS256 for an audience', async () => {
  const template = await synthesize('RS256 for an audience');
  const { Variables } = resourceOf(template, 'AWS::Lambda::Function', /AuthFunction/).Properties.Environment;
  expect(Variables.GATEHOUSE_AUDIENCE_ALGORITHMS).toBe('{"orders":"RS256"}');
  const specs = Object.values(resourcesOf(template, 'AWS::KMS::Key')).map(({ Properties }) => Properties.KeySpec);
  expect(specs).toContain('RSA_2048');
});

test('HTTP API', async () => {
  const template = await synthesize('HTTP API');
  template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Audience: ['orders'], Issuer: 'https://auth.example.com' },
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
    AuthorizationType: 'JWT',
    AuthorizationScopes: ['orders:read'],
  });
});

test('load balancer: the audience is verified before anything is forwarded', async () => {
  const template = await synthesize('Application Load Balancer');
  expect(resourceOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').Properties.Actions).toEqual([
    {
      Type: 'jwt-validation',
      Order: 1,
      JwtValidationConfig: {
        Issuer: 'https://auth.example.com',
        JwksEndpoint: 'https://auth.example.com/.well-known/jwks.json',
        AdditionalClaims: [{ Name: 'aud', Format: 'single-string', Values: ['orders'] }],
      },
    },
    { Type: 'forward', Order: 2, TargetGroupArn: expect.anything() },
  ]);
});

test('AppSync', async () => {
  const template = await synthesize('AppSync');
  template.hasResourceProperties('AWS::AppSync::GraphQLApi', {
    AuthenticationType: 'OPENID_CONNECT',
    OpenIDConnectConfig: { Issuer: 'https://auth.example.com', ClientId: '^orders$', IatTTL: 900_000 },
  });
});
