import { expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { stackOf, templateOf } from './support.ts';

/**
 * What holds data, or an address or a name that others know. CloudFormation replaces a resource whose logical id changes: a table by
 * an empty one, a key by one that decrypts nothing. So this list is written by hand, and no update of snapshots changes it.
 */
const everyStage = {
  GatehouseAlarmsTopicA6402BD5: 'AWS::SNS::Topic',
  GatehouseApi038C418D: 'AWS::ApiGateway::RestApi',
  GatehouseApiAccessLogsAEB02AB1: 'AWS::Logs::LogGroup',
  GatehouseApiExecutionLogsD7400A94: 'AWS::Logs::LogGroup',
  GatehouseAuditTrail65806B67: 'AWS::Logs::LogGroup',
  GatehouseAuthFunctionAliaslive9D52F0E9: 'AWS::Lambda::Alias',
  GatehouseDataKeyCB6CF684: 'AWS::KMS::Key',
  GatehouseFirewallAdminIpv40BE50F95: 'AWS::WAFv2::IPSet',
  GatehouseFirewallAdminIpv6EC9121C4: 'AWS::WAFv2::IPSet',
  GatehouseFirewallBlockedIpv4289B50EE: 'AWS::WAFv2::IPSet',
  GatehouseFirewallBlockedIpv6A7DFD0AE: 'AWS::WAFv2::IPSet',
  GatehouseFirewallLogs15767DF9: 'AWS::Logs::LogGroup',
  GatehouseIdentityTable95DE60C6: 'AWS::DynamoDB::GlobalTable',
  GatehouseLogsKey38952D4C: 'AWS::KMS::Key',
  GatehouseMailDeadLettersCB2AE057: 'AWS::SQS::Queue',
  GatehouseMailIdentityF1589276: 'AWS::SES::EmailIdentity',
  GatehouseMailMailerLogsEFAC220D: 'AWS::Logs::LogGroup',
  GatehouseMailQueue3E52FFBC: 'AWS::SQS::Queue',
  GatehouseRateLimitTable90C99646: 'AWS::DynamoDB::GlobalTable',
  GatehouseSecrets3C29CE92: 'AWS::SecretsManager::Secret',
  GatehouseSigningKeysPublisher3247CEC0: 'Custom::GatehousePublishedKeys',
  GatehouseSigningKeysPublisherLogs00460A15: 'AWS::Logs::LogGroup',
  GatehouseSigningKeyskey14AE20480: 'AWS::KMS::Key',
  GatehouseSigningKeyskey2A3B3F8BE: 'AWS::KMS::Key',
};

const typesIn = (template: Template): Record<string, string> =>
  Object.fromEntries(
    Object.entries(template.toJSON().Resources as Record<string, { Type: string }>).map(([id, { Type }]) => [id, Type]),
  );

test.each([
  ['dev', everyStage],
  [
    'prod',
    {
      ...everyStage,
      GatehouseApiDomain437562FD: 'AWS::ApiGateway::DomainName',
      GatehouseAuditTrailArchiveBucketD2B1C239: 'AWS::S3::Bucket',
      GatehouseAuditTrailArchiveStreamFE3DB97D: 'AWS::KinesisFirehose::DeliveryStream',
    },
  ],
] as const)('stage %s keeps the logical ids of what must not be replaced', (stage, kept) => {
  expect(typesIn(templateOf(stage))).toMatchObject(kept);
});

test.each(['dev', 'prod'] as const)('two syntheses of stage %s are the same: no diff without a change', (stage) => {
  expect(Template.fromStack(stackOf(stage)).toJSON()).toEqual(Template.fromStack(stackOf(stage)).toJSON());
});

test('no template holds a time, a random number or a path of the machine that made it', () => {
  const text = JSON.stringify(templateOf('prod').toJSON());
  expect(text).not.toContain(process.cwd());
  expect(text).not.toMatch(/\b20\d\d-\d\d-\d\dT\d\d:/);
});
