import { describe, expect, test } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import fc from 'fast-check';
import {
  AuthApi,
  type AuthApiProps,
  Gatehouse,
  type GatehouseProps,
  IdentityTable,
  type IdentityTableProps,
  Mail,
  type MailProps,
} from '../../lib/index.ts';
import { rules } from '../../lib/rules/index.ts';
import { functionCode, inlineCode, testStack } from './support.ts';

/** What our own checks find in a stack; to synthesize it validates it against the schemas of CloudFormation too. */
const findings = (stack: Stack): string[] => {
  const template = Template.fromStack(stack).toJSON();
  return rules.flatMap(({ id, check }) => check(template).map((finding) => `${id}: ${finding.id}`));
};

/** Each key present or not. */
const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] });

const rate = fc.integer({ min: 1, max: 10_000 });
const retention = fc.constantFrom(RetentionDays.ONE_YEAR, RetentionDays.TWO_YEARS, RetentionDays.TEN_YEARS);

/** Legal values with one that is not, and the setting that the error has to begin with. */
const illegal = (setting: string, ...values: unknown[]) =>
  values.map((value) => [setting, { [setting]: value }] as const);

function refuses<Props>(make: (props: Props) => unknown, legal: fc.Arbitrary<Props>) {
  return (setting: string, mistake: object) => {
    const property = fc.property(legal, (props) => {
      expect(() => make({ ...props, ...mistake })).toThrow(new RegExp(`(^|; )${setting}\\b`));
    });
    fc.assert(property, { numRuns: 2 });
  };
}

describe('AuthApi', () => {
  const legal: fc.Arbitrary<AuthApiProps> = some<AuthApiProps>({
    stageName: fc.stringMatching(/^[a-zA-Z0-9_]{1,20}$/),
    domainName: fc.constant('auth.example.com'),
    securityPolicy: fc.constantFrom(
      SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
      SecurityPolicy.TLS13_1_3_2025_09,
      SecurityPolicy.TLS13_1_3_FIPS_2025_09,
    ),
    trustedOrigins: fc.subarray(['https://a.example.com', 'https://b.example.com']),
    throttle: rate,
    credentialThrottle: rate,
    throttles: fc.dictionary(fc.constantFrom('POST /api/auth/sign-up/{proxy+}', 'GET /health'), rate),
    logRetention: retention,
    cloudWatchRole: fc.boolean(),
    tracing: fc.boolean(),
  });
  const make = (props: AuthApiProps): Stack => {
    const stack = testStack();
    const arn = 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111-1111-4111-8111-111111111111';
    const certificate = props.domainName ? Certificate.fromCertificateArn(stack, 'Certificate', arn) : undefined;
    const api = new AuthApi(stack, 'Api', { ...props, certificate });
    api.serve(new LambdaFunction(stack, 'F', { runtime: Runtime.NODEJS_24_X, handler: 'i.h', code: inlineCode() }));
    return stack;
  };

  test('any legal settings make a template without findings', () => {
    fc.assert(
      fc.property(legal, (props) => expect(findings(make(props))).toEqual([])),
      { numRuns: 5 },
    );
  });

  test.each([
    ...illegal('throttle', 0, -1, 1.5, 10_001, Number.NaN),
    ...illegal('credentialThrottle', 0, 20_000),
    ...illegal('throttles', { 'POST /': 1 }, { 'ANY /api/auth/{proxy+}': 1 }, { 'POST /api/auth/sign-in/{proxy+}': 0 }),
    ...illegal('securityPolicy', SecurityPolicy.TLS_1_0, SecurityPolicy.TLS_1_2, SecurityPolicy.TLS12_PFS_2025_EDGE),
    ...illegal('stageName', '', 'a-b', 'a/b'),
    ...illegal('domainName', 'auth', 'Auth.example.com'),
  ])('with any others, %s %j is refused by name', refuses(make, legal));
});

describe('tables', () => {
  const units = fc.integer({ min: 1, max: 100_000 });
  const legal: fc.Arbitrary<IdentityTableProps> = some<IdentityTableProps>({
    deletionProtection: fc.boolean(),
    maxReadRequestUnits: units,
    maxWriteRequestUnits: units,
    recoveryDays: fc.integer({ min: 1, max: 35 }),
  });
  const make = (props: IdentityTableProps) => {
    const stack = testStack();
    new IdentityTable(stack, 'Table', props);
    return stack;
  };

  test('any legal settings make a template without findings', () => {
    fc.assert(
      fc.property(legal, (props) => expect(findings(make(props))).toEqual([])),
      { numRuns: 5 },
    );
  });

  test.each([
    ...illegal('maxReadRequestUnits', 0, -5, 0.5),
    ...illegal('maxWriteRequestUnits', 0, Number.NaN),
    ...illegal('recoveryDays', 0, 36, 7.5),
  ])('with any others, %s %j is refused by name', refuses(make, legal));
});

describe('Mail', () => {
  const legal = fc.record(
    {
      from: fc.constantFrom('no-reply@example.com', 'Example <no-reply@mail.example.com>'),
      productName: fc.constantFrom('Example', 'Ex"ample <b>'),
      verify: fc.constant('example.com'),
      sandbox: fc.boolean(),
      logRetention: retention,
    },
    { requiredKeys: ['from', 'productName'] },
  );
  const make = (props: Omit<MailProps, 'code'>) => {
    const stack = testStack();
    new Mail(stack, 'Mail', { ...props, code: inlineCode() });
    return stack;
  };

  test('any legal settings make a template without findings', () => {
    fc.assert(
      fc.property(legal, (props) => expect(findings(make(props))).toEqual([])),
      { numRuns: 5 },
    );
  });

  test.each([...illegal('from', '', 'example.com', 'a@b', 'no-reply@example.org')])(
    'with any others, %s %j is refused by name',
    refuses(
      make,
      legal.map((props) => ({ ...props, verify: 'example.com' })),
    ),
  );
});

describe('Gatehouse', () => {
  const units = fc.integer({ min: 1, max: 10_000 });
  const legal = some<Partial<GatehouseProps>>({
    stage: fc.constantFrom('dev', 'prod'),
    mailFrom: fc.constant('no-reply@example.com'),
    trustedOrigins: fc.subarray(['https://a.example.com', 'https://*.example.com', 'myapp://']),
    throttle: rate,
    credentialThrottle: rate,
    identityReadCeiling: units,
    identityWriteCeiling: units,
    rateLimitWriteCeiling: units,
    tableRecoveryDays: fc.integer({ min: 7, max: 35 }),
    deletionProtection: fc.constant(true),
    memorySize: fc.integer({ min: 512, max: 10_240 }),
    reservedConcurrency: fc.integer({ min: 10, max: 100 }),
    provisionedConcurrency: fc.integer({ min: 1, max: 10 }),
    rollout: fc.constantFrom('canary', 'linear', 'all-at-once'),
    blockedNetworks: fc.subarray(['192.0.2.0/24', '2001:db8::/32']),
    adminNetworks: fc.subarray(['198.51.100.0/24']),
    auditRetention: retention,
    logRetention: retention,
    tracing: fc.boolean(),
    cloudWatchRole: fc.boolean(),
  });
  const make = (props: Partial<GatehouseProps>) => {
    const stack = testStack();
    const required = { stage: 'prod', mailFrom: 'no-reply@example.com', baseUrl: 'https://auth.example.com' } as const;
    new Gatehouse(stack, 'Gatehouse', { ...required, code: functionCode(), ...props });
    return stack;
  };

  test('any legal settings make a template without findings', () => {
    fc.assert(
      fc.property(legal, (props) => expect(findings(make(props))).toEqual([])),
      { numRuns: 4 },
    );
  });

  test.each([
    ...illegal('baseUrl', 'http://auth.example.com', 'https://auth.example.com/', 'auth.example.com'),
    ...illegal('trustedOrigins', ['http://app.example.com'], ['https://*'], ['https://app.example.com/']),
    ...illegal('tableRecoveryDays', 0, 36),
    ...illegal('identityReadCeiling', 0),
    ...illegal('rateLimitWriteCeiling', 0.1),
    ...illegal('memorySize', 128, 20_000),
    ...illegal('reservedConcurrency', 0),
    ...illegal('provisionedConcurrency', 0),
    ['provisionedConcurrency', { provisionedConcurrency: 11, reservedConcurrency: 10 }] as const,
    ...illegal('logRetention', 100),
    ...illegal('auditRetention', 2, RetentionDays.INFINITE),
    ...illegal('mailFrom', 'example.com'),
  ])('with any others, %s %j is refused by name', refuses(make, legal));
});
