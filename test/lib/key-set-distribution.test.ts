import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { defineConfig, type StageConfig } from '../../lib/index.ts';
import { devConfig, type Resource, resourceOf, resourcesOf, stackOf, templateOf, testApp } from './support.ts';

const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/11111111';
const hostedZone = { id: 'Z0123456789EXAMPLE000', name: 'example.com' };
const keySetDistribution = { name: 'keys.example.com', certificateArn, hostedZone };
const template = templateOf('prod', { keySetDistribution });
const distribution = () => resourceOf(template, 'AWS::CloudFront::Distribution').Properties.DistributionConfig;

test('there is none unless it is asked for', () => {
  const without = templateOf('prod');
  for (const type of ['CloudFront::Distribution', 'CloudFront::Function']) without.resourceCountIs(`AWS::${type}`, 0);
  without.resourceCountIs('Custom::GatehouseEdgeAnswers', 0);
});

test('it answers on its own name, over https with TLS 1.2 and newer, to those who read', () => {
  expect(distribution()).toMatchObject({
    Aliases: ['keys.example.com'],
    Enabled: true,
    HttpVersion: 'http2and3',
    IPV6Enabled: true,
    ViewerCertificate: {
      AcmCertificateArn: certificateArn,
      MinimumProtocolVersion: 'TLSv1.2_2021',
      SslSupportMethod: 'sni-only',
    },
    DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only', AllowedMethods: ['GET', 'HEAD'] },
  });
  expect(distribution().CacheBehaviors).toBeUndefined();
  for (const Type of ['A', 'AAAA']) {
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'keys.example.com.', Type });
  }
});

test('every request is answered by the function, which is live with each deployment and made of what is published', () => {
  const [[functionId, { Properties }]] = Object.entries(resourcesOf(template, 'AWS::CloudFront::Function')) as [
    [string, Resource],
  ];
  expect(distribution().DefaultCacheBehavior.FunctionAssociations).toEqual([
    { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': [functionId, 'FunctionARN'] } },
  ]);
  expect(Properties).toMatchObject({ AutoPublish: true, FunctionConfig: { Runtime: 'cloudfront-js-2.0' } });
  const [[answersId, answers]] = Object.entries(resourcesOf(template, 'Custom::GatehouseEdgeAnswers')) as [
    [string, Resource],
  ];
  const [, parts] = Properties.FunctionCode['Fn::Join'];
  expect(parts[0]).toBe('const answers = ');
  expect(parts[1]).toEqual({ 'Fn::GetAtt': [answersId, 'EdgeAnswers'] });
  const [publishedId] = Object.keys(resourcesOf(template, 'Custom::GatehousePublishedKeys'));
  expect(answers.Properties).toMatchObject({
    PublishedKeys: { 'Fn::GetAtt': [publishedId, 'PublishedKeys'] },
    Issuer: 'https://auth.example.com',
    JwksUri: 'https://keys.example.com/.well-known/jwks.json',
  });
});

test('discovery names it, under the issuer that stays, and the stack says so', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        GATEHOUSE_BASE_URL: 'https://auth.example.com',
        GATEHOUSE_JWKS_URI: 'https://keys.example.com/.well-known/jwks.json',
      }),
    },
  });
  template.hasOutput('JwksUri', { Value: 'https://keys.example.com/.well-known/jwks.json' });
  const [id] = Object.keys(resourcesOf(template, 'AWS::CloudFront::Distribution'));
  template.hasOutput('KeySetDistributionName', { Value: { 'Fn::GetAtt': [id, 'DomainName'] } });
});

test('keys are at the edge before the auth function signs with them, and its address answers before it is named', () => {
  const edge = ['AWS::CloudFront::Function', 'AWS::CloudFront::Distribution', 'AWS::Route53::RecordSet'].flatMap(
    (type) => Object.keys(resourcesOf(template, type)).filter((id) => id.includes('KeySetDistribution')),
  );
  expect(edge).toHaveLength(4);
  for (const type of ['Function', 'Alias']) {
    expect(resourceOf(template, `AWS::Lambda::${type}`, /AuthFunction/).DependsOn).toEqual(
      expect.arrayContaining(edge),
    );
  }
});

test('discovery can leave it out, until it answers and before it goes', () => {
  const hidden = templateOf('prod', { keySetDistribution: { ...keySetDistribution, inDiscovery: false } });
  hidden.resourceCountIs('AWS::CloudFront::Distribution', 1);
  hidden.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({ GATEHOUSE_JWKS_URI: 'https://auth.example.com/.well-known/jwks.json' }),
    },
  });
  hidden.hasResourceProperties('Custom::GatehouseEdgeAnswers', {
    JwksUri: 'https://auth.example.com/.well-known/jwks.json',
  });
});

test('no role gains a permission by it', () => {
  const permissions = (of: Template) =>
    Object.values(resourcesOf(of, 'AWS::IAM::Policy')).map(({ Properties }) => Properties);
  expect(permissions(template)).toEqual(permissions(templateOf('prod')));
});

test('works on the execute-api host too, whose name is known at deployment only', () => {
  const dev = templateOf('dev', { keySetDistribution: { name: 'keys.example.com', certificateArn } });
  const { Origins } = resourceOf(dev, 'AWS::CloudFront::Distribution').Properties.DistributionConfig;
  expect(JSON.stringify(Origins[0].DomainName)).toContain('execute-api');
  expect(Origins[0].CustomOriginConfig).toMatchObject({ OriginProtocolPolicy: 'https-only' });
  dev.resourceCountIs('AWS::Route53::RecordSet', 0);
});

test('cdk-nag finds nothing that has no reason', () => {
  const app = testApp();
  stackOf('prod', { keySetDistribution }, app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
  const { pluginReports } = JSON.parse(readFileSync(`${app.outdir}/validation-report.json`, 'utf8'));
  expect(pluginReports.flatMap(({ violations }: { violations: unknown[] }) => violations)).toEqual([]);
});

describe('refuses at synth', () => {
  const define = (settings: Partial<StageConfig>) => () =>
    defineConfig({ stages: { dev: { ...devConfig, ...settings } } });
  const apiCertificate = { certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111' };
  test.each<[string, Partial<StageConfig>, RegExp]>([
    [
      'a certificate of another Region',
      { keySetDistribution: { name: 'keys.example.com', ...apiCertificate } },
      /keySetDistribution\.certificateArn: .* is in 'eu-west-1'; allowed is one in 'us-east-1', where CloudFront looks for it/,
    ],
    [
      'a name outside the zone',
      { keySetDistribution: { ...keySetDistribution, name: 'keys.example.org' } },
      /keySetDistribution\.name: 'keys\.example\.org' is not in the hosted zone 'example\.com'/,
    ],
    [
      'the name of the API',
      { domain: { name: 'keys.example.com', ...apiCertificate }, keySetDistribution },
      /keySetDistribution\.name: 'keys\.example\.com' is the name of the API; the key set needs one of its own/,
    ],
    [
      'the host of the base URL',
      { baseUrl: 'https://keys.example.com/auth', keySetDistribution },
      /keySetDistribution\.name: 'keys\.example\.com' is the name of the API/,
    ],
  ])('%s', (_, settings, message) => {
    expect(define(settings)).toThrow(message);
  });
});
