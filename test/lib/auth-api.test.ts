import { describe, expect, test } from '@jest/globals';
import { Fn, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { apiRoutes } from '../../lib/auth-api-routes.ts';
import { AuthApi, type AuthApiProps } from '../../lib/index.ts';
import { inlineCode, type Resource, resourceOf, resourcesOf, templateOf, testStack } from './support.ts';

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

  test('speaks TLS 1.3 alone where that is asked for, on its own name too', () => {
    const template = templateOf('prod', { minimumTls: '1.3' });
    for (const type of ['AWS::ApiGateway::RestApi', 'AWS::ApiGateway::DomainName']) {
      template.hasResourceProperties(type, {
        SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
        EndpointAccessMode: 'STRICT',
      });
    }
  });

  test.each<[Partial<AuthApiProps>, string]>([
    [{ securityPolicy: SecurityPolicy.TLS_1_2 }, "securityPolicy: 'TLS_1_2' is not allowed; allowed are 'Secur"],
    [{ securityPolicy: SecurityPolicy.TLS13_2025_EDGE }, "securityPolicy: 'SecurityPolicy_TLS13_2025_EDGE' is not"],
    [{ stageName: 'pre-prod' }, "stageName: 'pre-prod' is not allowed; allowed are up to 128 letters, digits"],
    [{ throttle: 0 }, 'throttle: 0 is not allowed; allowed are whole numbers from 1 to 10000, in requests a second'],
    [{ throttles: { 'GET /health': 0.5 } }, "throttles['GET /health']: 0.5 is not allowed"],
    [
      { throttles: { 'POST /api/auth/magic': 1 } },
      "throttles: 'POST /api/auth/magic' is not a method of the API with a throttle of its own; allowed are 'POST",
    ],
  ])('refuses %j', (props, message) => {
    expect(() => new AuthApi(testStack(), 'Api', props)).toThrow(message);
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
      'ANY /api/auth/change-password',
      'ANY /api/auth/request-password-reset',
      'ANY /api/auth/reset-password',
      'ANY /api/auth/reset-password/{proxy+}',
      'ANY /api/auth/send-verification-email',
      'ANY /api/auth/sign-in/{proxy+}',
      'ANY /api/auth/sign-up/{proxy+}',
      'ANY /api/auth/two-factor/{proxy+}',
      'ANY /api/auth/{proxy+}',
      'GET /.well-known/jwks.json',
      'GET /.well-known/openid-configuration',
      'GET /health',
      'HEAD /.well-known/jwks.json',
      'HEAD /.well-known/openid-configuration',
      'HEAD /health',
      'OPTIONS /.well-known/jwks.json',
      'OPTIONS /.well-known/openid-configuration',
      'POST /api/auth/change-password',
      'POST /api/auth/request-password-reset',
      'POST /api/auth/reset-password',
      'POST /api/auth/send-verification-email',
      'POST /api/auth/sign-in/{proxy+}',
      'POST /api/auth/sign-up/{proxy+}',
      'POST /api/auth/two-factor/{proxy+}',
    ]);
  });

  test('may invoke the function for each of them, from its own stage, and for nothing else', () => {
    const permissions = Object.values(resourcesOf(dev, 'AWS::Lambda::Permission')).filter(({ Properties }) =>
      JSON.stringify(Properties.FunctionName).includes('Aliaslive'),
    );
    const sources = permissions.map(({ Properties }) => {
      expect(Properties).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' });
      return JSON.stringify(Properties.SourceArn['Fn::Join'][1]).replace(/.*"(\/[^"]*)"\]$/, '$1');
    });
    expect(sources.sort()).toEqual(['/dev/*/.well-known/*', '/dev/*/api/auth/*', '/dev/*/health']);
    const allowed = sources.map((source) => source.slice('/dev/*'.length).replace(/\*$/, ''));
    for (const { path } of apiRoutes) expect(allowed.some((prefix) => path.startsWith(prefix))).toBe(true);
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

describe('the name', () => {
  const certificateArn = (region: string) => `arn:aws:acm:${region}:111122223333:certificate/11111111`;
  const create = (props: (stack: Stack) => AuthApiProps) => () => {
    const stack = testStack();
    new AuthApi(stack, 'Api', props(stack));
  };
  const zone = (stack: Stack, zoneName = 'example.com') =>
    HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789EXAMPLE000', zoneName });
  const certificate = (stack: Stack, arn = certificateArn('eu-west-1')) =>
    Certificate.fromCertificateArn(stack, 'Certificate', arn);

  test.each<[string, (stack: Stack) => AuthApiProps]>([
    ['the zone itself', (stack) => ({ domainName: 'example.com', hostedZone: zone(stack) })],
    ['below the zone', (stack) => ({ domainName: 'auth.eu.example.com', hostedZone: zone(stack, 'example.com.') })],
    [
      'in a zone known by id alone',
      (stack) => ({
        domainName: 'auth.example.com',
        certificate: certificate(stack),
        hostedZone: HostedZone.fromHostedZoneId(stack, 'Zone', 'Z0123456789EXAMPLE000'),
      }),
    ],
    [
      'with a certificate known at deployment only',
      (stack) => ({ domainName: 'auth.example.com', certificate: certificate(stack, Fn.importValue('certificate')) }),
    ],
    [
      'with the region of the certificate known at deployment only',
      (stack) => ({
        domainName: 'auth.example.com',
        certificate: certificate(stack, certificateArn(Fn.importValue('region'))),
      }),
    ],
  ])('may be %s', (_, props) => {
    expect(create(props)).not.toThrow();
  });

  test.each<[string, (stack: Stack) => AuthApiProps, string]>([
    [
      'in another zone',
      (stack) => ({ domainName: 'auth.example.org', hostedZone: zone(stack) }),
      "domainName: 'auth.example.org' is not in the hosted zone 'example.com'; allowed are that name and names below it",
    ],
    [
      'that only ends like the zone',
      (stack) => ({ domainName: 'authexample.com', hostedZone: zone(stack) }),
      "domainName: 'authexample.com' is not in the hosted zone 'example.com'",
    ],
    [
      'without a dot',
      (stack) => ({ domainName: 'auth', certificate: certificate(stack) }),
      "domainName: 'auth' is not a full name; allowed is one such as 'auth.example.com'",
    ],
    [
      'not in its normal form, which no request would match',
      (stack) => ({ domainName: 'Auth.example.com', certificate: certificate(stack) }),
      "domainName: 'Auth.example.com' is not in its normal form; allowed is 'auth.example.com'",
    ],
    [
      'with a certificate of another Region',
      (stack) => ({
        domainName: 'auth.example.com',
        certificate: certificate(stack, certificateArn('us-east-1')),
      }),
      "certificate: 'arn:aws:acm:us-east-1:111122223333:certificate/11111111' is in 'us-east-1'; allowed is one in 'eu-west-1', where the API looks for it",
    ],
    [
      'with a certificate that is none',
      (stack) => ({
        domainName: 'auth.example.com',
        certificate: certificate(stack, 'arn:aws:iam::111122223333:server-certificate/ours'),
      }),
      "certificate: 'arn:aws:iam::111122223333:server-certificate/ours' is not the ARN of an ACM certificate; allowed is one such as 'arn:aws:acm:eu-west-1:111122223333:certificate/…'",
    ],
    [
      'missing, while there is a certificate for it',
      (stack) => ({ certificate: certificate(stack) }),
      'certificate: has no effect without domainName; give both or none',
    ],
    [
      'missing, while there is a zone for it',
      (stack) => ({ hostedZone: zone(stack) }),
      'hostedZone: has no effect without domainName; give both or none',
    ],
  ])('may not be %s', (_, props, message) => {
    expect(create(props)).toThrow(message);
  });
});

describe('the stage', () => {
  const stage = resourceOf(dev, 'AWS::ApiGateway::Stage').Properties;

  const limitsOf = ({ MethodSettings }: Resource['Properties']) =>
    MethodSettings.map((setting: Record<string, unknown>) => [
      setting.HttpMethod,
      setting.ResourcePath,
      setting.ThrottlingRateLimit,
      setting.ThrottlingBurstLimit,
    ]).sort();
  const credentialPaths = [
    'change-password',
    'request-password-reset',
    'reset-password',
    'send-verification-email',
    'sign-in~1{proxy+}',
    'sign-up~1{proxy+}',
    'two-factor~1{proxy+}',
  ];

  test('throttles all requests, and further what takes a password or a code, or sends mail', () => {
    expect(limitsOf(stage)).toEqual([
      ['*', '/*', 500, 500],
      ...credentialPaths.map((path) => ['POST', `/~1api~1auth~1${path}`, 50, 50]),
    ]);
  });

  test('throttles as told, single methods too', () => {
    const throttles = { 'POST /api/auth/sign-up/{proxy+}': 5, 'GET /health': 2 };
    const template = templateOf('dev', { throttle: 100, credentialThrottle: 20, throttles });
    expect(limitsOf(resourceOf(template, 'AWS::ApiGateway::Stage').Properties)).toEqual([
      ['*', '/*', 100, 100],
      ['GET', '/~1health', 2, 2],
      ...credentialPaths.map((path) => {
        const rate = path.startsWith('sign-up') ? 5 : 20;
        return ['POST', `/~1api~1auth~1${path}`, rate, rate];
      }),
    ]);
  });

  test('logs into a group of yours', () => {
    const stack = testStack();
    const accessLogGroup = LogGroup.fromLogGroupArn(
      stack,
      'Ours',
      'arn:aws:logs:eu-west-1:111122223333:log-group:ours',
    );
    const api = new AuthApi(stack, 'Api', { accessLogGroup });
    api.serve(
      new LambdaFunction(stack, 'F', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: inlineCode() }),
    );
    const template = Template.fromStack(stack);
    expect(resourceOf(template, 'AWS::ApiGateway::Stage').Properties.AccessLogSetting.DestinationArn).toBe(
      'arn:aws:logs:eu-west-1:111122223333:log-group:ours',
    );
    expect(Object.keys(resourcesOf(template, 'AWS::Logs::LogGroup')).join()).toMatch(/^ApiExecutionLogs/);
  });

  test('logs, measures and traces these no less for it: a setting by method inherits nothing', () => {
    for (const setting of stage.MethodSettings) {
      expect(setting).toMatchObject({ LoggingLevel: 'ERROR', MetricsEnabled: true, DataTraceEnabled: false });
    }
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
