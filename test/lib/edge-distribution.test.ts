import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import {
  defineConfig,
  type EdgeFirewallStack,
  GatehouseChecks,
  GatehouseStack,
  type StageConfig,
  withEdgeFirewall,
} from '../../lib/index.ts';
import { functionCode, prodConfig, type Resource, resourceOf, resourcesOf, stackOf, testApp } from './support.ts';

const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/11111111';
const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/ours/1';
const cloudFront = { certificateArn, webAclArn };

/** As bin/gatehouse.ts checks it. */
const checked = (app: App) =>
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new NIST80053R5Checks(app),
    new HIPAASecurityChecks(app),
    new PCIDSS321Checks(app),
    new GatehouseChecks(),
  );

/** What is not acknowledged. */
const violations = (app: App) =>
  JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports.flatMap(
    (report: { violations: readonly unknown[] }) => report.violations,
  );

const templateWith = (settings: Partial<StageConfig['cloudFront']> = {}) =>
  Template.fromStack(stackOf('prod', { cloudFront: { ...cloudFront, ...settings } }));

const template = templateWith();
const distributionOf = (of: Template) => resourceOf(of, 'AWS::CloudFront::Distribution').Properties.DistributionConfig;
const distribution = distributionOf(template);
const resolved = (arn: unknown) => ({ 'Fn::Join': ['', ['{{resolve:secretsmanager:', arn, ':SecretString:::}}']] });
/** The ids of the generated secrets, in the order of their names. */
const secretIds = (of: Template) =>
  Object.entries(resourcesOf(of, 'AWS::SecretsManager::Secret'))
    .map(([id]) => id)
    .filter((id) => /OriginSecretsSecret/.test(id));
const firewallRules = (of: Template) =>
  resourceOf(of, 'AWS::WAFv2::WebACL', /^GatehouseFirewall/).Properties.Rules as Resource['Properties'][];

describe('the distribution', () => {
  test('answers on the name of the API, over https alone, behind a web ACL', () => {
    expect(distribution).toMatchObject({
      Aliases: [{ Ref: expect.stringMatching(/^GatehouseApiDomain/) }],
      HttpVersion: 'http2and3',
      WebACLId: webAclArn,
      ViewerCertificate: { AcmCertificateArn: certificateArn, MinimumProtocolVersion: 'TLSv1.2_2021' },
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only' },
    });
    const strict = Template.fromStack(stackOf('prod', { cloudFront, minimumTls: '1.3' }));
    expect(distributionOf(strict).ViewerCertificate.MinimumProtocolVersion).toBe('TLSv1.3_2025');
  });

  test('passes every method, header, cookie and query on, with the address of the client', () => {
    const [policyId] = Object.keys(resourcesOf(template, 'AWS::CloudFront::OriginRequestPolicy'));
    const { OriginRequestPolicyConfig } = resourceOf(template, 'AWS::CloudFront::OriginRequestPolicy').Properties;
    expect(OriginRequestPolicyConfig).toMatchObject({
      HeadersConfig: { HeaderBehavior: 'allViewerAndWhitelistCloudFront', Headers: ['CloudFront-Viewer-Address'] },
      CookiesConfig: { CookieBehavior: 'all' },
      QueryStringsConfig: { QueryStringBehavior: 'all' },
    });
    expect(distribution.DefaultCacheBehavior).toMatchObject({
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      OriginRequestPolicyId: { Ref: policyId },
    });
  });

  test('keeps nothing but the public documents, no error either', () => {
    // AWS's CachingDisabled.
    expect(distribution.DefaultCacheBehavior.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
    const kept = distribution.CacheBehaviors as Resource['Properties'][];
    expect(kept.map(({ PathPattern }) => PathPattern)).toEqual([
      '/.well-known/jwks.json',
      '/.well-known/openid-configuration',
    ]);
    const { CachePolicyConfig } = resourceOf(template, 'AWS::CloudFront::CachePolicy').Properties;
    expect(CachePolicyConfig).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 3600 });
    for (const { AllowedMethods } of kept) expect(AllowedMethods).toEqual(['GET', 'HEAD', 'OPTIONS']);
    for (const { ErrorCachingMinTTL } of distribution.CustomErrorResponses) expect(ErrorCachingMinTTL).toBe(0);
    expect(distribution.CustomErrorResponses).toHaveLength(11);
  });

  test('asks the API on its own name, in TLS, and proves itself with a secret that nobody wrote', () => {
    const [id] = secretIds(template);
    const [origin] = distribution.Origins;
    expect(origin).toMatchObject({
      DomainName: { 'Fn::GetAtt': [expect.stringMatching(/^GatehouseApiDomain/), 'RegionalDomainName'] },
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
      OriginCustomHeaders: [{ HeaderName: 'x-gatehouse-origin-secret', HeaderValue: resolved({ Ref: id }) }],
    });
    const secret = resourcesOf(template, 'AWS::SecretsManager::Secret')[id!]!.Properties;
    expect(secret.GenerateSecretString).toMatchObject({ PasswordLength: 64, ExcludePunctuation: true });
  });
});

describe('the API behind it', () => {
  test('is closed to everything else, in the firewall', () => {
    const [lock] = firewallRules(template);
    expect(lock!.Name).toBe('OriginLock');
    expect(lock!.Action).toEqual({ Block: {} });
    const [id] = secretIds(template);
    expect(lock!.Statement.NotStatement.Statement.ByteMatchStatement).toMatchObject({
      FieldToMatch: { SingleHeader: { Name: 'x-gatehouse-origin-secret' } },
      PositionalConstraint: 'EXACTLY',
      SearchString: resolved({ Ref: id }),
    });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
  });

  test("is closed in the function, which takes the client's address from CloudFront then, and may read the list", () => {
    const { Variables } = resourceOf(template, 'AWS::Lambda::Function', /AuthFunction/).Properties.Environment;
    const [listId] = Object.keys(resourcesOf(template, 'AWS::SecretsManager::Secret')).filter((id) => /List/.test(id));
    expect(Variables.GATEHOUSE_CLIENT_ADDRESS).toEqual({
      'Fn::Join': ['', ['{"from":"cloudfront","originSecretArn":"', { Ref: listId }, '"}']],
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'secretsmanager:GetSecretValue',
            Resource: Match.arrayWith([{ Ref: listId }]),
          }),
        ]),
      },
    });
  });

  test('has its address records lead to CloudFront, as the same resources as before', () => {
    const records = (of: Template) => Object.entries(resourcesOf(of, 'AWS::Route53::RecordSet'));
    const direct = records(Template.fromStack(stackOf('prod')));
    const moved = records(template);
    expect(moved.map(([id]) => id)).toEqual(direct.map(([id]) => id));
    const [distributionId] = Object.keys(resourcesOf(template, 'AWS::CloudFront::Distribution'));
    const addresses = moved.filter(([, { Properties }]) => /^(A|AAAA)$/.test(Properties.Type));
    expect(addresses).toHaveLength(2);
    for (const [, { Properties }] of addresses) {
      expect(Properties.AliasTarget.DNSName).toEqual({ 'Fn::GetAtt': [distributionId, 'DomainName'] });
    }
  });
});

describe('on the way there', () => {
  const target = (of: Template) =>
    JSON.stringify(resourceOf(of, 'AWS::Route53::RecordSet', /Ipv4/).Properties.AliasTarget);

  test.each(['test', 'move'] as const)("phase '%s' closes nothing yet", (phase) => {
    const open = templateWith({ phase });
    open.resourceCountIs('AWS::CloudFront::Distribution', 1);
    expect(firewallRules(open)[0]!.Name).toBe('BlockedNetworks');
    const { Variables } = resourceOf(open, 'AWS::Lambda::Function', /AuthFunction/).Properties.Environment;
    expect(Variables).not.toHaveProperty('GATEHOUSE_CLIENT_ADDRESS');
    expect(target(open)).toContain(phase === 'test' ? 'GatehouseApiDomain' : 'EdgeDistribution');
  });
});

describe('a rotation', () => {
  const accepted = (of: Template) =>
    (firewallRules(of)[0]!.Statement.NotStatement.Statement.OrStatement?.Statements ?? []).map(
      ({ ByteMatchStatement }: Resource['Properties']) => JSON.stringify(ByteMatchStatement.SearchString),
    );
  const sent = (of: Template) => JSON.stringify(distributionOf(of).Origins[0].OriginCustomHeaders[0].HeaderValue);
  const list = (of: Template) =>
    JSON.stringify(resourceOf(of, 'AWS::SecretsManager::Secret', /OriginSecretsList/).Properties.SecretString);

  test('accepts the new secret before it is sent, and sends it before the old one goes', () => {
    const first = templateWith({ originSecrets: ['a'] });
    const both = templateWith({ originSecrets: ['a', 'b'] });
    const turned = templateWith({ originSecrets: ['b', 'a'] });
    const last = templateWith({ originSecrets: ['b'] });
    const [a, b] = secretIds(both) as [string, string];
    expect(sent(first)).toContain(a);
    expect(sent(both)).toContain(a);
    expect(sent(turned)).toContain(b);
    expect(sent(last)).toContain(b);
    for (const step of [both, turned]) {
      for (const id of [a, b]) {
        expect(accepted(step).join()).toContain(id);
        expect(list(step)).toContain(id);
      }
    }
    expect(list(last)).toContain(b);
    expect(list(last)).not.toContain(a);
    expect(secretIds(last)).toEqual([b]);
  });

  test('within one deployment what accepts comes before what sends', () => {
    const [aclId] = Object.keys(resourcesOf(template, 'AWS::WAFv2::WebACL'));
    const [listId] = Object.keys(resourcesOf(template, 'AWS::SecretsManager::Secret')).filter((id) => /List/.test(id));
    const { DependsOn } = resourceOf(template, 'AWS::CloudFront::Distribution');
    expect(DependsOn).toEqual(expect.arrayContaining([aclId, listId]));
  });
});

describe('the web ACL at the edge', () => {
  test('is made beside the distribution in us-east-1', () => {
    const stack = stackOf('prod', { region: 'us-east-1', cloudFront: { certificateArn } });
    const both = Template.fromStack(stack);
    const edge = resourceOf(both, 'AWS::WAFv2::WebACL', /EdgeFirewall/);
    expect(edge.Properties.Scope).toBe('CLOUDFRONT');
    expect(edge.Properties.Rules[0].Name).toBe('BlockedNetworks');
    expect(JSON.stringify(distributionOf(both).WebACLId)).toContain('GatehouseEdgeFirewall');
  });

  test('is made in a stack of its own for any other Region, and passed on', () => {
    const app = testApp();
    const given: StageConfig = { ...prodConfig, blockedNetworks: ['203.0.113.0/24'], cloudFront: { certificateArn } };
    const config = withEdgeFirewall(app, 'Gatehouse-prod-edge', 'prod', given);
    const stack = new GatehouseStack(app, 'Gatehouse-prod', { stage: 'prod', config, code: functionCode() });
    checked(app);
    const assembly = app.synth();
    expect(violations(app)).toEqual([]);
    const edgeStack = app.node.findChild('Gatehouse-prod-edge') as EdgeFirewallStack;
    expect(edgeStack.region).toBe('us-east-1');
    expect(edgeStack.terminationProtection).toBe(true);
    const edge = Template.fromStack(edgeStack);
    expect(resourceOf(edge, 'AWS::WAFv2::IPSet', /BlockedIpv4/).Properties).toMatchObject({
      Scope: 'CLOUDFRONT',
      Addresses: ['203.0.113.0/24'],
    });
    expect(distributionOf(Template.fromStack(stack)).WebACLId['Fn::GetStackOutput']).toMatchObject({
      StackName: 'Gatehouse-prod-edge',
      Region: 'us-east-1',
    });
    expect(assembly.getStackByName('Gatehouse-prod').dependencies.map(({ id }) => id)).toContain('Gatehouse-prod-edge');
  });

  test('is nothing that a stage without CloudFront needs', () => {
    const app = testApp();
    expect(withEdgeFirewall(app, 'Edge', 'prod', prodConfig)).toBe(prodConfig);
    expect(app.node.children).toEqual([]);
  });
});

test.each<[Partial<StageConfig>, RegExp]>([
  [{ cloudFront, domain: undefined, baseUrl: 'https://auth.example.com' }, /cloudFront: needs domain.name/],
  [
    { cloudFront: { ...cloudFront, certificateArn: certificateArn.replace('us-east-1', 'eu-west-1') } },
    /cloudFront.certificateArn: 'arn:aws:acm:eu-west-1:.*' is in 'eu-west-1'; allowed is one in 'us-east-1'/,
  ],
  [
    { cloudFront: { ...cloudFront, webAclArn: 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/ours/1' } },
    /cloudFront.webAclArn: 'arn:.*' is not the ARN of a web ACL for CloudFront; allowed is one such as 'arn:/,
  ],
  [{ cloudFront: { ...cloudFront, originSecrets: [] } }, /cloudFront.originSecrets: 0 names are not allowed/],
  [{ cloudFront: { ...cloudFront, originSecrets: ['a', 'a'] } }, /cloudFront.originSecrets: a name stands twice/],
  [{ cloudFront: { ...cloudFront, originSecrets: ['a b'] } }, /cloudFront.originSecrets: 'a b' is not allowed/],
  [
    { cloudFront, clientAddress: { from: 'cloudflare', originSecretArn: 'arn:aws:secretsmanager:x' } },
    /clientAddress: excludes cloudFront, which sets it/,
  ],
])('configuration %j is refused', (settings, message) => {
  expect(() => defineConfig({ stages: { prod: { ...prodConfig, ...settings } } })).toThrow(message);
});

test.each<[Partial<StageConfig>, string]>([
  [{ blockedNetworks: ['203.0.113.0/24'] }, 'blockedNetworks'],
  [{ firewall: { rateLimit: 1000 } }, 'firewall'],
])(
  '%j is refused where neither web ACL would have it: the edge has its own, the API sees CloudFront',
  (settings, setting) => {
    const free = { ...prodConfig, blockedNetworks: undefined, firewall: undefined };
    expect(() => stackOf('prod', { ...free, cloudFront, ...settings })).toThrow(
      `cloudFront.webAclArn: excludes ${setting}; set them as rules of that web ACL`,
    );
    const phase = 'move' as const;
    expect(() => stackOf('prod', { ...free, cloudFront: { ...cloudFront, phase }, ...settings })).not.toThrow();
  },
);

test('a stack outside us-east-1 says that it needs a web ACL', () => {
  expect(() => stackOf('prod', { cloudFront: { certificateArn } })).toThrow(
    /^cloudFront.webAclArn: is missing; a stack in 'eu-west-1' cannot make a web ACL for CloudFront/,
  );
});

test('the whole stage passes the packs of cdk-nag, our own checks and the validation of templates', () => {
  const app = testApp();
  stackOf('prod', { cloudFront: { ...cloudFront, originSecrets: ['a', 'b', 'c'] } }, app);
  checked(app);
  app.synth();
  expect(violations(app)).toEqual([]);
});
