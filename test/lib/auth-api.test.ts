import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AuthApi } from '../../lib/index.ts';
import { type Resource, resourceOf, resourcesOf, templateOf, testStack } from './support.ts';

const dev = templateOf('dev');
const prod = templateOf('prod');

describe('the REST API', () => {
  test('speaks TLS 1.2 and 1.3 with forward secrecy, strictly, over both IP versions', () => {
    dev.hasResourceProperties('AWS::ApiGateway::RestApi', {
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
      EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
      DisableExecuteApiEndpoint: false,
    });
  });

  test('answers on its own name only, where it has one', () => {
    prod.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    prod.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'auth.example.com',
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
      EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
    });
    for (const Type of ['A', 'AAAA']) {
      prod.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'auth.example.com.', Type });
    }
  });

  test('routes these methods and paths to the function, preflights among them', () => {
    const resources = resourcesOf(dev, 'AWS::ApiGateway::Resource');
    const path = (id: string): string => {
      const { ParentId, PathPart } = resources[id]!.Properties;
      return `${ParentId.Ref ? path(ParentId.Ref) : ''}/${PathPart}`;
    };
    const routes = Object.values(resourcesOf(dev, 'AWS::ApiGateway::Method')).map(
      ({ Properties }) => `${Properties.HttpMethod} ${path(Properties.ResourceId.Ref)}`,
    );
    expect(routes.sort()).toEqual([
      'ANY /api/auth/sign-in/{proxy+}',
      'ANY /api/auth/sign-up/{proxy+}',
      'ANY /api/auth/{proxy+}',
      'GET /.well-known/jwks.json',
      'GET /.well-known/openid-configuration',
      'GET /health',
      'POST /api/auth/sign-in/{proxy+}',
      'POST /api/auth/sign-up/{proxy+}',
    ]);
  });

  test('validates requests', () => {
    dev.hasResourceProperties('AWS::ApiGateway::RequestValidator', {
      ValidateRequestBody: true,
      ValidateRequestParameters: true,
    });
    for (const { Properties } of Object.values(resourcesOf(dev, 'AWS::ApiGateway::Method'))) {
      expect(Properties.RequestValidatorId).toBeDefined();
    }
  });

  test('has to have a function', () => {
    const stack = testStack();
    new AuthApi(stack, 'Api');
    expect(() => Template.fromStack(stack)).toThrow(/call 'serve' with the auth function/);
  });

  test('needs a certificate for its name, or a zone to make one through', () => {
    expect(() => new AuthApi(testStack(), 'Api', { domainName: 'auth.example.com' })).toThrow(
      /^domainName: 'auth.example.com' has neither 'certificate' nor 'hostedZone'/,
    );
  });
});

describe('the stage', () => {
  const stage = resourceOf(dev, 'AWS::ApiGateway::Stage').Properties;

  test('throttles all requests, and sign-ins and sign-ups further', () => {
    const limits = stage.MethodSettings.map((setting: Record<string, unknown>) => [
      setting.HttpMethod,
      setting.ResourcePath,
      setting.ThrottlingRateLimit,
    ]);
    expect(limits).toEqual([
      ['*', '/*', 500],
      ['POST', '/~1api~1auth~1sign-in~1{proxy+}', 50],
      ['POST', '/~1api~1auth~1sign-up~1{proxy+}', 50],
    ]);
  });

  test('logs TLS and firewall fields as JSON', () => {
    const format = JSON.parse(stage.AccessLogSetting.Format);
    expect(format).toMatchObject({
      requestId: '$context.requestId',
      sourceIp: '$context.identity.sourceIp',
      tlsVersion: '$context.tlsVersion',
      cipherSuite: '$context.cipherSuite',
      wafStatus: '$context.waf.status',
      wafResponseCode: '$context.wafResponseCode',
    });
  });

  test('never logs a path or body, where mailed links carry tokens', () => {
    expect(Object.values(JSON.parse(stage.AccessLogSetting.Format))).not.toContain('$context.path');
    for (const setting of stage.MethodSettings) expect(setting.DataTraceEnabled).toBe(false);
  });

  test('logs into encrypted groups with a retention, its own execution log included', () => {
    const groups = Object.values(resourcesOf(dev, 'AWS::Logs::LogGroup'));
    for (const { Properties, DeletionPolicy } of groups) {
      expect(Properties.KmsKeyId).toBeDefined();
      expect(Properties.RetentionInDays).toBeGreaterThan(0);
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    }
    const names = groups.map(({ Properties }) => JSON.stringify(Properties.LogGroupName));
    expect(names.filter((name) => name?.includes('API-Gateway-Execution-Logs_'))).toHaveLength(1);
  });
});

describe('gateway responses', () => {
  const responses = (template: Template): Resource[] =>
    Object.values(resourcesOf(template, 'AWS::ApiGateway::GatewayResponse'));

  test.each([
    ['DEFAULT_4XX', undefined, 'REQUEST_REFUSED'],
    ['DEFAULT_5XX', undefined, 'SERVICE_UNAVAILABLE'],
    ['MISSING_AUTHENTICATION_TOKEN', '404', 'NOT_FOUND'],
    ['REQUEST_TOO_LARGE', '413', 'PAYLOAD_TOO_LARGE'],
    ['THROTTLED', '429', 'RATE_LIMITED'],
    ['WAF_FILTERED', '403', 'REQUEST_BLOCKED'],
  ])('%s is JSON with a code and the request id', (type, status, code) => {
    const { Properties } = responses(dev).find(({ Properties }) => Properties.ResponseType === type)!;
    expect(Properties.StatusCode).toBe(status);
    expect(JSON.parse(Properties.ResponseTemplates['application/json'])).toEqual({
      code,
      message: expect.any(String),
      requestId: '$context.requestId',
    });
  });

  test('have security headers, as static values in quotes', () => {
    expect(responses(dev)).toHaveLength(6);
    for (const { Properties } of responses(dev)) {
      expect(Properties.ResponseParameters).toMatchObject({
        'gatewayresponse.header.Cache-Control': "'no-store'",
        'gatewayresponse.header.Strict-Transport-Security': "'max-age=63072000; includeSubDomains'",
        'gatewayresponse.header.X-Content-Type-Options': "'nosniff'",
      });
    }
  });

  test('are readable for the one trusted web origin', () => {
    for (const { Properties } of responses(prod)) {
      expect(Properties.ResponseParameters).toMatchObject({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'https://app.example.com'",
        'gatewayresponse.header.Vary': "'Origin'",
      });
    }
  });

  test.each([[['https://a.example.com', 'https://b.example.com']], [['https://*.example.com']], [[]]])(
    'are readable for no origin when the trusted ones are %j',
    (trustedOrigins) => {
      for (const { Properties } of responses(templateOf('prod', { trustedOrigins }))) {
        expect(JSON.stringify(Properties.ResponseParameters)).not.toContain('Access-Control');
      }
    },
  );

  test('tell a throttled client when to come back', () => {
    dev.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'THROTTLED',
      ResponseParameters: Match.objectLike({ 'gatewayresponse.header.Retry-After': "'1'" }),
    });
  });
});
