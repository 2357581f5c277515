import { type AlarmName, alarmThresholds } from './alarm-defaults.ts';
import { trustedOriginWarning } from './origin-settings.ts';
import type { SettingRule } from './setting-rule.ts';
import { rotationWaits } from './signing.ts';

const publishMinutes = rotationWaits.publish / 60;
const dropMinutes = rotationWaits.drop / 60;

/** Every address there is. */
const anywhere = ['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'];

const count = (setting: string, value: number | undefined, standard?: string): SettingRule => ({
  setting,
  default: value,
  ...(standard && { standard }),
});

/** More than the default lets more through. */
const limit = (setting: string, value: number): SettingRule => ({
  ...count(setting, value, 'ASVS 5.0 2.4.1, 6.3.1'),
  warning: (given) =>
    (given as number) > value ? `is ${given}: more requests than the default's ${value} get through` : undefined,
});

function raisedThresholds(given: Partial<Record<AlarmName, number>>): string | undefined {
  const raised = Object.entries(given).filter(([name, value]) => value > alarmThresholds[name as AlarmName]);
  if (raised.length === 0) return undefined;
  const list = raised.map(([name, value]) => `${name} beyond ${value}, not ${alarmThresholds[name as AlarmName]}`);
  return `rings later than by default: ${list.join('; ')}`;
}

const prodOnly = (message: string) => (value: unknown, stage: string) =>
  stage === 'prod' && (value === undefined || value === false) ? message : undefined;

/**
 * The settings of a stage in gatehouse.config.ts on which security depends. What is refused, synth says; these rules tell the doctor what
 * is in force and what is weak.
 */
export const stackSettings: readonly SettingRule[] = [
  { setting: 'domain.name', default: undefined },
  { setting: 'baseUrl', default: undefined, standard: 'ASVS 5.0 12.2.1' },
  {
    setting: 'trustedOrigins',
    default: [],
    standard: 'ASVS 5.0 3.4.2, 3.5.1',
    warning: (value) => trustedOriginWarning(value as string[]),
  },
  {
    setting: 'minimumTls',
    default: '1.2',
    standard: 'ASVS 5.0 12.1.1',
  },
  { setting: 'cloudFront', default: undefined },
  { setting: 'clientAddress', default: undefined },
  { setting: 'tokenAudience', default: 'the base URL', standard: 'ASVS 5.0 9.2.3' },
  {
    setting: 'adminNetworks',
    default: [],
    standard: 'ASVS 5.0 8.4.2',
    warning: (value) =>
      (value as string[]).some((network) => anywhere.includes(network))
        ? 'lets every address reach the admin endpoints'
        : undefined,
  },
  { setting: 'blockedNetworks', default: [] },
  {
    setting: 'firewall.trustedNetworks',
    default: [],
    warning: (value) =>
      (value as string[]).some((network) => anywhere.includes(network))
        ? 'lifts the rates of the firewall for every address'
        : undefined,
  },
  { setting: 'firewall.blockedCountries', default: [] },
  { setting: 'firewall.allowedCountries', default: [] },
  { setting: 'firewall.blockedAsns', default: [] },
  limit('firewall.rateLimit', 2000),
  limit('firewall.credentialRateLimit', 600),
  limit('firewall.credentialRateLimitPerClient', 400),
  limit('throttle', 500),
  limit('credentialThrottle', 50),
  { setting: 'throttles', default: {} },
  { setting: 'signingKeys', default: 'an active ES256 key and a standby', standard: 'ASVS 5.0 11.2.1, 13.3.3' },
  {
    setting: 'keyPublishWaitMinutes',
    default: publishMinutes,
    warning: (value) =>
      (value as number) < publishMinutes
        ? `is ${value}: a key may sign before verifiers with a cached key set know it`
        : undefined,
  },
  {
    setting: 'keyDropWaitMinutes',
    default: dropMinutes,
    warning: (value) =>
      (value as number) < dropMinutes ? `is ${value}: a key may go before its last token has expired` : undefined,
  },
  { setting: 'multiRegionKeys', default: false },
  { setting: 'keyReplicaRegions', default: [] },
  { setting: 'breakGlassRoleArns', default: [] },
  { setting: 'deploymentRoleArns', default: "the execution role of the CDK's bootstrap" },
  {
    setting: 'deletionProtection',
    default: true,
    defaultFor: (_, stage) => stage === 'prod',
    standard: 'AWS Security Hub DynamoDB.6',
  },
  count('tableRecoveryDays', 35, 'AWS Security Hub DynamoDB.2'),
  count('identityReadCeiling', 4000),
  count('identityWriteCeiling', 1000),
  count('rateLimitWriteCeiling', 4000),
  {
    setting: 'pepper',
    default: false,
    standard: 'NIST SP 800-63B-4 3.1.1.2',
    warning: prodOnly('is off: a stolen table of password hashes can be attacked without a key'),
  },
  { setting: 'providerSecrets', default: false, standard: 'ASVS 5.0 13.3.1' },
  {
    setting: 'auditRetentionDays',
    default: 400,
    standard: 'ASVS 5.0 16.4.2, AWS Security Hub CloudWatch.16',
    warning: (value) => ((value as number) < 365 ? `is ${value}: less than a year of evidence` : undefined),
  },
  {
    setting: 'audit.archive',
    default: true,
    defaultFor: (_, stage) => stage === 'prod',
    standard: 'ASVS 5.0 16.4.2, 16.4.3',
    warning: prodOnly('is off: whoever may delete the log group deletes the evidence'),
  },
  {
    setting: 'audit.archiveDays',
    default: 400,
    standard: 'ASVS 5.0 16.4.2',
    warning: (value) => ((value as number) < 365 ? `is ${value}: less than a year of evidence` : undefined),
  },
  { setting: 'audit.archiveLock', default: 'governance', standard: 'ASVS 5.0 16.4.2' },
  {
    setting: 'audit.trailLogGroupName',
    default: undefined,
    standard: 'ASVS 5.0 16.3.3',
    warning: prodOnly('is missing: nobody notices signatures of KMS for which no token was issued'),
  },
  {
    setting: 'audit.tamperRules',
    default: true,
    standard: 'ASVS 5.0 16.3.3',
    warning: (value) => (value ? undefined : 'is off: nobody hears of keys, tables or records that are tampered with'),
  },
  { setting: 'logRetentionDays', default: 365, defaultFor: (_, stage) => (stage === 'prod' ? 365 : 30) },
  {
    setting: 'alarmEmail',
    default: undefined,
    standard: 'AWS Security Hub CloudWatch.15',
    warning: prodOnly('is missing: alarms reach nobody until somebody subscribes to their topic'),
  },
  {
    setting: 'alarmThresholds',
    default: {},
    standard: 'ASVS 5.0 16.3.3',
    warning: (value) => raisedThresholds(value as Partial<Record<AlarmName, number>>),
  },
  {
    setting: 'rollout',
    default: 'canary',
    defaultFor: (_, stage) => (stage === 'prod' ? 'canary' : 'all-at-once'),
    warning: (value, stage) =>
      stage === 'prod' && value === 'all-at-once' ? "is 'all-at-once': nothing rolls a bad version back" : undefined,
  },
  count('memorySize', 1769),
  count('reservedConcurrency', undefined),
  count('provisionedConcurrency', undefined),
];
