import { describe, expect, test } from '@jest/globals';
import config from '../../gatehouse.config.ts';
import { defineConfig, type StageConfig } from '../../lib/index.ts';
import { devConfig, prodConfig, resourceOf, stackOf, templateOf } from './support.ts';

const define = (stage: 'dev' | 'prod', settings: object) =>
  defineConfig({ stages: { [stage]: { ...(stage === 'prod' ? prodConfig : devConfig), ...settings } } });

test('the configuration of the repository has both stages', () => {
  expect(Object.keys(config.stages)).toEqual(['dev', 'prod']);
});

test('a good configuration is returned as it is', () => {
  const good = { stages: { dev: devConfig, prod: prodConfig } };
  expect(defineConfig(good)).toBe(good);
});

const zone = (name: string) => ({ id: 'Z0123456789EXAMPLE000', name });
const certificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111';

test.each<['dev' | 'prod', object]>([
  ['prod', { domain: { name: 'auth.example.com', certificateArn } }],
  ['prod', { domain: { name: 'auth.example.com', certificateArn }, region: undefined }],
  ['prod', { auditRetentionDays: 731, logRetentionDays: 365 }],
  ['dev', { auditRetentionDays: 1, deploymentRoleArns: ['arn:aws:iam::111122223333:role/ci'] }],
  ['dev', { mail: { from: 'Example <no-reply@example.com>', verify: 'no-reply@example.com' } }],
  ['prod', { audit: { archiveDays: 2555, archiveLock: 'compliance', trailLogGroupName: 'trail' } }],
])('accepts in %s %j', (stage, settings) => {
  expect(() => define(stage, settings)).not.toThrow();
});

test('a stack gives the roles that deploy it to the key policies', () => {
  const [deploymentRole, breakGlassRole] = ['ci', 'alarm'].map((name) => `arn:aws:iam::111122223333:role/${name}`);
  const settings = { deploymentRoleArns: [deploymentRole!], breakGlassRoleArns: [breakGlassRole!] };
  const policy = JSON.stringify(
    resourceOf(templateOf('dev', settings), 'AWS::KMS::Key', /SigningKeyskey1/).Properties.KeyPolicy,
  );
  expect(policy).toContain(deploymentRole);
  expect(policy).toContain(breakGlassRole);
  expect(policy).not.toContain('cfn-exec-role');
});

test('a stack of another bootstrap is deployed by it, and its key policies know its role', () => {
  const settings = { account: '111122223333', bootstrapQualifier: 'ours' };
  const policy = JSON.stringify(
    resourceOf(templateOf('dev', settings), 'AWS::KMS::Key', /SigningKeyskey1/).Properties.KeyPolicy,
  );
  expect(policy).toContain('role/cdk-ours-cfn-exec-role-111122223333-eu-west-1');
  expect(stackOf('dev', settings).synthesizer.bootstrapQualifier).toBe('ours');
});

test('waits and Regions of signing keys reach the stack', () => {
  const template = templateOf('dev', {
    keyPublishWaitMinutes: 180,
    keyDropWaitMinutes: 90,
    multiRegionKeys: true,
    keyReplicaRegions: ['us-east-1'],
  });
  expect(resourceOf(template, 'Custom::GatehousePublishedKeys').Properties).toMatchObject({
    PublishWait: 10800,
    DropWait: 5400,
  });
  const { MultiRegion, KeyPolicy } = resourceOf(template, 'AWS::KMS::Key', /SigningKeyskey1/).Properties;
  expect(MultiRegion).toBe(true);
  expect(JSON.stringify(KeyPolicy)).toContain('"kms:ReplicaRegion":["us-east-1"]');
});

describe('names the setting at fault', () => {
  test.each<['dev' | 'prod', object, RegExp]>([
    [
      'prod',
      { domain: undefined, baseUrl: 'http://auth.example.com' },
      /^stages\.prod\.baseUrl: .*must use https in stage 'prod'/,
    ],
    [
      'prod',
      { domain: undefined, baseUrl: 'https://auth.example.com/' },
      /^stages\.prod\.baseUrl: .*must not end with a slash/,
    ],
    ['prod', { baseUrl: 'https://auth.example.com' }, /^stages\.prod\.baseUrl: .* excludes domain/],
    ['prod', { domain: undefined }, /^stages\.prod\.domain: is missing; stage 'prod' needs domain or baseUrl/],
    ['prod', { domain: { name: 'auth.example.com' } }, /^stages\.prod\.domain: needs certificateArn or hostedZone/],
    ['prod', { deletionProtection: false }, /^stages\.prod\.deletionProtection: 'false' is not allowed/],
    [
      'prod',
      { auditRetentionDays: 30 },
      /^stages\.prod\.auditRetentionDays: 30 is not allowed in stage 'prod'; allowed are 365, 400,/,
    ],
    ['prod', { logRetentionDays: 90 }, /^stages\.prod\.logRetentionDays: 90 is not allowed/],
    ['prod', { trustedOrigins: ['http://localhost:5173'] }, /^stages\.prod\.trustedOrigins: .*must use https/],
    ['dev', { trustedOrigins: ['https://*.com'] }, /^stages\.dev\.trustedOrigins: .*'https:\/\/\*\.com'/],
    ['dev', { trustedOrigins: 'https://a.example.com' }, /^stages\.dev\.trustedOrigins: /],
    ['dev', { adminNetworks: ['10.0.0.1'] }, /^stages\.dev\.adminNetworks: network '10\.0\.0\.1' is not allowed/],
    [
      'dev',
      { clientAddress: { from: 'header', header: 'X-Forwarded-For', originSecretArn: 'arn:x' } },
      /^stages\.dev\.clientAddress: header 'X-Forwarded-For' is not allowed/,
    ],
    [
      'dev',
      { signingKeys: [{ id: 'a', algorithm: 'HS256', state: 'active' }] },
      /^stages\.dev\.signingKeys\.0\.algorithm: /,
    ],
    [
      'dev',
      { signingKeys: [{ id: 'a', algorithm: 'ES256', state: 'next' }] },
      /^stages\.dev\.signingKeys: no key is active/,
    ],
    ['dev', { breakGlassRoleArns: ['*'] }, /^stages\.dev\.breakGlassRoleArns: '\*' is not allowed; allowed are ARNs/],
    ['dev', { deploymentRoleArns: ['ci'] }, /^stages\.dev\.deploymentRoleArns: 'ci' is not allowed; allowed are ARNs/],
    [
      'dev',
      { tokenAlgorithms: { 'https://legacy.example.com': 'RS256' } },
      /^stages\.dev\.tokenAlgorithms: 'RS256' of audience 'https:\/\/legacy\.example\.com' has no active signing key; allowed are 'ES256'$/,
    ],
    [
      'dev',
      {
        tokenAlgorithms: { 'https://legacy.example.com': 'RS256' },
        signingKeys: [
          { id: 'a', algorithm: 'ES256', state: 'active' },
          { id: 'b', algorithm: 'RS256', state: 'next' },
        ],
      },
      /^stages\.dev\.tokenAlgorithms: 'RS256' of audience/,
    ],
    ['dev', { tokenAlgorithms: { '': 'ES256' } }, /^stages\.dev\.tokenAlgorithms/],
    [
      'dev',
      { bootstrapQualifier: 'too-long-a-name' },
      /^stages\.dev\.bootstrapQualifier: 'too-long-a-name' is not allowed/,
    ],
    ['dev', { keyPublishWaitMinutes: 0 }, /^stages\.dev\.keyPublishWaitMinutes: /],
    ['dev', { keyDropWaitMinutes: 1.5 }, /^stages\.dev\.keyDropWaitMinutes: /],
    ['dev', { audit: { archiveDays: 0 } }, /^stages\.dev\.audit\.archiveDays: Too small/],
    [
      'dev',
      { audit: { archive: false, archiveDays: 30 } },
      /^stages\.dev\.audit: archive: false excludes archiveDays and archiveLock/,
    ],
    ['dev', { auditRetentionDays: 100 }, /^stages\.dev\.auditRetentionDays: 100 is not allowed; allowed are 1, 3, 5, /],
    ['dev', { logRetentionDays: 0 }, /^stages\.dev\.logRetentionDays: 0 is not allowed; allowed are 1, 3, 5, /],
    ['prod', { logRetentionDays: 366 }, /^stages\.prod\.logRetentionDays: 366 is not allowed/],
    ['dev', { mail: { from: 'example.com' } }, /^stages\.dev\.mail\.from: 'example\.com' is not an address/],
    [
      'dev',
      { mail: { from: 'no-reply@example.com', verify: 'example.org' } },
      /^stages\.dev\.mail\.from: 'no-reply@example\.com' is not covered by 'example\.org'/,
    ],
    [
      'dev',
      { mail: { from: 'no-reply@example.com', existingIdentity: 'example.org' } },
      /^stages\.dev\.mail\.from: .* is not covered by 'example\.org'/,
    ],
    [
      'prod',
      { mail: { from: 'no-reply@example.com', hostedZone: zone('example.org') } },
      /^stages\.prod\.mail\.from: /,
    ],
    [
      'dev',
      { mail: { from: 'no-reply@example.com', verify: 'example.com', existingIdentity: 'example.com' } },
      /^stages\.dev\.mail\.verify: excludes mail\.existingIdentity/,
    ],
    [
      'prod',
      { domain: { name: 'auth.example.org', hostedZone: zone('example.com') } },
      /^stages\.prod\.domain\.name: /,
    ],
    [
      'prod',
      { domain: { name: 'localhost', certificateArn } },
      /^stages\.prod\.domain\.name: 'localhost' is not a full/,
    ],
    [
      'prod',
      { domain: { name: 'auth.example.com', certificateArn: 'our-certificate' } },
      /^stages\.prod\.domain\.certificateArn: 'our-certificate' is not the ARN of an ACM certificate/,
    ],
    [
      'prod',
      { domain: { name: 'auth.example.com', certificateArn }, region: 'eu-central-1' },
      /^stages\.prod\.domain\.certificateArn: .* is in 'eu-west-1'; allowed is one in 'eu-central-1'/,
    ],
    ['dev', { account: '1234' }, /^stages\.dev\.account: must have 12 digits/],
    ['dev', { mail: {} }, /^stages\.dev\.mail\.from: /],
    ['dev', { alarmEmail: 'oncall' }, /^stages\.dev\.alarmEmail: /],
    ['dev', { trustedOrigin: [] }, /^stages\.dev: .*trustedOrigin/],
  ])('%s %j', (stage, settings, message) => {
    expect(() => define(stage, settings)).toThrow(message);
  });

  test('all of them at once', () => {
    const message = /stages\.prod\.deletionProtection.*\n.*stages\.prod\.auditRetentionDays/;
    expect(() => define('prod', { deletionProtection: false, auditRetentionDays: 1 })).toThrow(message);
  });

  test('also when a stack is built without defineConfig', () => {
    const settings: Partial<StageConfig> = { domain: undefined, baseUrl: 'http://auth.example.com' };
    expect(() => stackOf('prod', settings)).toThrow(/^baseUrl: .*must use https in stage 'prod'/);
  });

  test('an unknown stage', () => {
    expect(() => defineConfig({ stages: { staging: devConfig } } as never)).toThrow(/^stages/);
  });
});

test.each<[Partial<StageConfig>, string]>([
  [
    { throttle: 0 },
    'stages.prod.throttle: 0 is not allowed; allowed are whole numbers from 1 to 10000, in requests a second',
  ],
  [{ throttles: { 'PUT /health': 1 } }, "stages.prod.throttles: 'PUT /health' is not a method of the API"],
  [{ rollout: 'slowly' as 'canary' }, 'stages.prod.rollout: Invalid option'],
  [{ minimumTls: '1.1' as '1.2' }, 'stages.prod.minimumTls: Invalid option'],
  [{ tags: { 'aws:owner': 'us' } }, "stages.prod.tags: 'aws:owner' is not allowed; allowed are up to 128 characters"],
  [{ tags: { 'gatehouse:stage': 'dev' } }, "stages.prod.tags: 'gatehouse:stage' is not allowed"],
  [{ tableRecoveryDays: 3 }, 'stages.prod.tableRecoveryDays: 3 is not allowed; allowed are whole numbers from 7 to 35'],
  [{ identityWriteCeiling: -1 }, 'stages.prod.identityWriteCeiling: -1 is not allowed'],
  [{ memorySize: 64 }, 'stages.prod.memorySize: 64 is not allowed'],
  [
    { reservedConcurrency: 2, provisionedConcurrency: 3 },
    'stages.prod.provisionedConcurrency: 3 is more than reservedConcurrency, which caps it; allowed are at most 2',
  ],
  [{ auditRetentionDays: 9999 }, "stages.prod.auditRetentionDays: 9999 is not allowed in stage 'prod'"],
])('what the stack would refuse is refused with the path of its setting: %j', (settings, message) => {
  expect(() => define('prod', settings)).toThrow(message);
});
