import { expect, test } from '@jest/globals';
import { checkSettings } from '../../contract/check-settings.ts';
import { stackSettings } from '../../contract/stack-settings.ts';
import type { StageConfig } from '../../lib/index.ts';

/** Whether security depends on a setting of the configuration; the compiler asks about each new one. */
const concernsSecurity = {
  account: false,
  adminNetworks: true,
  alarmEmail: true,
  alarmThresholds: true,
  audit: true,
  auditRetentionDays: true,
  authOptions: false,
  baseUrl: true,
  blockedNetworks: true,
  bootstrapQualifier: false,
  breakGlassRoleArns: true,
  clientAddress: true,
  cloudFront: true,
  cloudWatchRole: false,
  credentialThrottle: true,
  dashboard: false,
  deletionProtection: true,
  deploymentRoleArns: true,
  domain: true,
  expectTraffic: false,
  firewall: true,
  identityReadCeiling: true,
  identityWriteCeiling: true,
  keyDropWaitMinutes: true,
  keyPublishWaitMinutes: true,
  keyReplicaRegions: true,
  keySetDistribution: false,
  logRetentionDays: true,
  mail: false,
  memorySize: true,
  minimumTls: true,
  multiRegionKeys: true,
  pepper: true,
  productName: false,
  providerSecrets: true,
  provisionedConcurrency: true,
  rateLimitWriteCeiling: true,
  region: false,
  reservedConcurrency: true,
  rollout: true,
  runbookUrl: false,
  signingKeys: true,
  tableRecoveryDays: true,
  tags: false,
  throttle: true,
  throttles: true,
  tokenAlgorithms: false,
  tokenAudience: true,
  tracing: false,
  trustedOrigins: true,
} as const satisfies Record<keyof StageConfig, boolean>;

test('every setting on which security depends has a rule', () => {
  const sections = new Set(stackSettings.map(({ setting }) => setting.split('.')[0]));
  const asked = Object.entries(concernsSecurity).filter(([, concerns]) => concerns);
  expect([...sections].sort()).toEqual(asked.map(([name]) => name).sort());
});

test.each([
  ['prod', { adminNetworks: ['192.0.2.0/24', '0.0.0.0/0'] }, 'adminNetworks'],
  ['dev', { trustedOrigins: ['https://*.example.com'] }, 'trustedOrigins'],
  ['dev', { keyPublishWaitMinutes: 10 }, 'keyPublishWaitMinutes'],
  ['dev', { keyDropWaitMinutes: 10 }, 'keyDropWaitMinutes'],
  ['dev', { auditRetentionDays: 30 }, 'auditRetentionDays'],
  ['prod', { audit: { archive: false } }, 'audit.archive'],
  ['dev', { audit: { archiveDays: 30 } }, 'audit.archiveDays'],
  ['dev', { audit: { tamperRules: false } }, 'audit.tamperRules'],
  ['dev', { firewall: { rateLimit: 10_000 } }, 'firewall.rateLimit'],
  ['dev', { firewall: { trustedNetworks: ['::/0'] } }, 'firewall.trustedNetworks'],
  ['prod', { rollout: 'all-at-once' }, 'rollout'],
  ['prod', { alarmThresholds: { SignInFailures: 5000, RateLimited: 10 } }, 'alarmThresholds'],
] as const)('in %s %j is weak', (stage, config, setting) => {
  const weak = checkSettings(config, stage, stackSettings).filter(({ warning, given }) => warning && given);
  expect(weak.map((each) => each.setting)).toEqual([setting]);
});
