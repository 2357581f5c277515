import { describe, expect, test } from '@jest/globals';
import { account, region } from '../../../scripts/keys/policy/account.ts';
import { matchesPattern } from '../../support/event-pattern.ts';
import { type Resource, templateOf } from '../support.ts';
import { Deployed } from './deployed.ts';

const { Resources } = templateOf('prod', { account, pepper: true, providerSecrets: true }).toJSON() as {
  Resources: Record<string, Resource>;
};
const deployed = new Deployed(Resources);
const rules = Object.entries(Resources)
  .filter(([id, { Type }]) => Type === 'AWS::Events::Rule' && id.includes('TamperRules'))
  .map(([id, { Properties }]) => ({
    name: /TamperRules(\w+)[0-9A-F]{8}$/.exec(id)![1]!,
    pattern: deployed.value(Properties.EventPattern) as object,
    properties: Properties,
  }));

const person = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${account}:assumed-role/Admin/mallory`,
  sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/Admin` } },
};
const deployRole = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${account}:assumed-role/cdk-hnb659fds-deploy-role-${account}-${region}/ci`,
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-${region}` },
  },
};

/** A call as CloudTrail reports it to EventBridge. */
const call = (service: string, eventName: string, requestParameters: object | null, more: object = {}) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'AWS API Call via CloudTrail',
  source: `aws.${service}`,
  account,
  time: '2026-11-23T12:00:00Z',
  region,
  resources: [],
  detail: {
    eventVersion: '1.11',
    userIdentity: person,
    eventTime: '2026-11-23T12:00:00Z',
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: region,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.31.0',
    requestParameters,
    responseElements: null,
    eventID: '00000000-1111-2222-3333-444444444444',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    ...more,
  },
});

const told = (event: object): string[] =>
  rules.filter(({ pattern }) => matchesPattern(pattern, event)).map(({ name }) => name);

const id = (type: string, pattern: RegExp) => deployed.id(`AWS::${type}`, pattern);
const ref = (type: string, pattern: RegExp) => deployed.ref(id(type, pattern));
const arn = (type: string, pattern: RegExp) => deployed.attribute(id(type, pattern), 'Arn');
const onKey = (eventName: string, keyArn: string, more: object = {}) =>
  call(
    'kms',
    eventName,
    { keyId: keyArn },
    { resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: keyArn }], ...more },
  );

const signingKey = arn('KMS::Key', /SigningKeyskey1/);
const dataKey = arn('KMS::Key', /DataKey/);
const table = ref('DynamoDB::GlobalTable', /IdentityTable/);
const tableArn = arn('DynamoDB::GlobalTable', /IdentityTable/);
const secretArn = ref('SecretsManager::Secret', /^GatehouseSecrets/);
const functionName = ref('Lambda::Function', /AuthFunction/);
const logGroupName = ref('Logs::LogGroup', /AuditTrail6/);
const bucketName = ref('S3::Bucket', /Archive/);
const topicArn = ref('SNS::Topic', /AlarmsTopic/);
const webAcl = { name: 'x', scope: 'REGIONAL', id: deployed.attribute(id('WAFv2::WebACL', /./), 'Id'), lockToken: 't' };
const ipSet = { ...webAcl, id: deployed.attribute(id('WAFv2::IPSet', /BlockedIpv4/), 'Id') };
const stageArn = `arn:aws:apigateway:${region}::/restapis/a1b2c3d4e5/stages/prod`;

test.each([
  ['SigningKeys', onKey('DisableKey', signingKey)],
  ['SigningKeys', onKey('ScheduleKeyDeletion', signingKey)],
  ['SigningKeys', onKey('PutKeyPolicy', signingKey)],
  ['SigningKeys', onKey('CreateGrant', signingKey)],
  ['SigningKeys', onKey('CreateGrant', signingKey, { sourceIPAddress: 'dynamodb.amazonaws.com' })],
  ['SigningKeys', onKey('CancelKeyDeletion', signingKey)],
  ['SigningKeys', onKey('ImportKeyMaterial', signingKey)],
  ['SigningKeys', onKey('UpdateAlias', signingKey)],
  ['EncryptionKeys', onKey('ScheduleKeyDeletion', dataKey)],
  ['EncryptionKeys', onKey('PutKeyPolicy', arn('KMS::Key', /LogsKey/))],
  ['Tables', call('dynamodb', 'DeleteTable', { tableName: table })],
  ['Tables', call('dynamodb', 'UpdateTable', { tableName: tableArn, deletionProtectionEnabled: false })],
  ['Tables', call('dynamodb', 'UpdateContinuousBackups', { tableName: table })],
  ['Tables', call('dynamodb', 'PutResourcePolicy', { resourceArn: tableArn })],
  ['Tables', call('dynamodb', 'ExportTableToPointInTime', { tableArn, s3Bucket: 'loot' })],
  ['Tables', call('dynamodb', 'RestoreTableToPointInTime', { sourceTableName: table, targetTableName: 'copy' })],
  ['Secrets', call('secretsmanager', 'PutSecretValue', { secretId: secretArn })],
  ['Secrets', call('secretsmanager', 'DeleteSecret', { secretId: secretArn.split(':').at(-1)!.slice(0, -7) })],
  ['Secrets', call('secretsmanager', 'PutResourcePolicy', { secretId: ref('SecretsManager::Secret', /Pepper/) })],
  ['Functions', call('lambda', 'UpdateFunctionCode20150331v2', { functionName })],
  [
    'Functions',
    call('lambda', 'UpdateFunctionConfiguration20150331v2', { functionName: arn('Lambda::Function', /AuthFunction/) }),
  ],
  ['Functions', call('lambda', 'AddPermission20150331v2', { functionName: `${functionName}:live` })],
  ['Functions', call('lambda', 'UpdateAlias20150331', { functionName, name: 'live' })],
  ['Api', call('apigateway', 'UpdateIntegration', { restApiId: 'a1b2c3d4e5', httpMethod: 'POST' })],
  ['Api', call('apigateway', 'PutIntegration', { restApiId: 'a1b2c3d4e5' })],
  ['Firewall', call('wafv2', 'DeleteWebACL', webAcl)],
  ['Firewall', call('wafv2', 'UpdateWebACL', webAcl)],
  ['Firewall', call('wafv2', 'UpdateIPSet', ipSet)],
  ['Firewall', call('wafv2', 'DisassociateWebACL', { resourceArn: stageArn })],
  ['Firewall', call('wafv2', 'AssociateWebACL', { webACLArn: 'arn:other', resourceArn: stageArn })],
  ['Firewall', call('wafv2', 'DeleteLoggingConfiguration', { resourceArn: arn('WAFv2::WebACL', /./) })],
  ['AuditLog', call('logs', 'DeleteLogGroup', { logGroupName })],
  ['AuditLog', call('logs', 'DeleteLogStream', { logGroupName, logStreamName: 's' })],
  ['AuditLog', call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: 1 })],
  ['AuditLog', call('logs', 'DeleteSubscriptionFilter', { logGroupName, filterName: 'f' })],
  ['AuditLog', call('logs', 'DisassociateKmsKey', { logGroupName })],
  ['AuditLog', call('logs', 'PutTransformer', { logGroupIdentifier: arn('Logs::LogGroup', /AuditTrail6/) })],
  [
    'ArchiveStream',
    call('firehose', 'DeleteDeliveryStream', { deliveryStreamName: ref('KinesisFirehose::DeliveryStream', /./) }),
  ],
  ['ArchiveBucket', call('s3', 'PutBucketObjectLockConfiguration', { bucketName })],
  ['ArchiveBucket', call('s3', 'PutBucketPolicy', { bucketName })],
  ['ArchiveBucket', call('s3', 'PutBucketLifecycle', { bucketName })],
  ['ArchiveBucket', call('s3', 'DeleteBucketPolicy', { bucketName })],
  ['Trails', call('cloudtrail', 'StopLogging', { name: 'organization' })],
  ['Trails', call('cloudtrail', 'DeleteTrail', { name: 'organization' })],
  ['Alarms', call('events', 'DisableRule', { name: 'Gatehouse-prod-GatehouseTamperRulesTables-1' })],
  ['Alarms', call('events', 'RemoveTargets', { rule: 'Gatehouse-prod-GatehouseTamperRulesTables-1' })],
  ['Alarms', call('monitoring', 'DeleteAlarms', { alarmNames: ['other', 'Gatehouse-prod-Alarm'] })],
  ['Alarms', call('sns', 'Unsubscribe', { subscriptionArn: `${topicArn}:0000` })],
  [
    'Stack',
    call(
      'cloudformation',
      'UpdateTerminationProtection',
      { stackName: 'Gatehouse-prod' },
      { userIdentity: deployRole },
    ),
  ],
  [
    'Stack',
    call('cloudformation', 'DeleteStack', { stackName: deployed.ref('AWS::StackId') }, { userIdentity: deployRole }),
  ],
  ['Stack', call('cloudformation', 'ExecuteChangeSet', { stackName: 'Gatehouse-prod', changeSetName: 'c' })],
  [
    'Stack',
    call('cloudformation', 'UpdateStack', { stackName: 'Gatehouse-prod' }, { userIdentity: { type: 'IAMUser' } }),
  ],
])('%s: somebody calls %j', (rule, event) => {
  expect(told(event)).toEqual([rule]);
});

const byCloudFormation = {
  sourceIPAddress: 'cloudformation.amazonaws.com',
  userAgent: 'cloudformation.amazonaws.com',
  userIdentity: { ...person, invokedBy: 'cloudformation.amazonaws.com' },
};

test.each([
  ['a deployment changes a key policy', onKey('PutKeyPolicy', signingKey, byCloudFormation)],
  ['a deployment changes the code', call('lambda', 'UpdateFunctionCode20150331v2', { functionName }, byCloudFormation)],
  ['a deployment changes an IP set', call('wafv2', 'UpdateIPSet', ipSet, byCloudFormation)],
  ['a deployment changes a table', call('dynamodb', 'UpdateTable', { tableName: table }, byCloudFormation)],
  [
    'the bootstrap deploys',
    call('cloudformation', 'ExecuteChangeSet', { stackName: 'Gatehouse-prod' }, { userIdentity: deployRole }),
  ],
  ['somebody deploys another stack', call('cloudformation', 'UpdateStack', { stackName: 'Shop' })],
  [
    'a rollout shifts the alias',
    call('lambda', 'UpdateAlias20150331', { functionName }, { sourceIPAddress: 'codedeploy.amazonaws.com' }),
  ],
  [
    'DynamoDB gets a grant on the data key',
    onKey('CreateGrant', dataKey, { sourceIPAddress: 'dynamodb.amazonaws.com' }),
  ],
  ['a key of others is disabled', onKey('DisableKey', `arn:aws:kms:${region}:${account}:key/other`)],
  ['a table of others is deleted', call('dynamodb', 'DeleteTable', { tableName: 'Orders' })],
  [
    'a backup of others is restored',
    call('dynamodb', 'RestoreTableToPointInTime', { sourceTableName: 'Orders', targetTableName: 'x' }),
  ],
  ['a function of others is updated', call('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'billing' })],
  ['a secret of others is written', call('secretsmanager', 'PutSecretValue', { secretId: 'billing' })],
  ['a web ACL of others is deleted', call('wafv2', 'DeleteWebACL', { ...webAcl, id: 'other' })],
  ['a bucket of others is locked', call('s3', 'PutBucketPolicy', { bucketName: 'assets' })],
  ['a log group of others is deleted', call('logs', 'DeleteLogGroup', { logGroupName: '/aws/lambda/billing' })],
  ['an API of others is updated', call('apigateway', 'UpdateStage', { restApiId: 'other' })],
  ['a key is described', onKey('DescribeKey', signingKey)],
  ['the function signs', onKey('Sign', signingKey, { readOnly: true })],
  ['another kind of event', { ...onKey('DisableKey', signingKey), 'detail-type': 'AWS Service Event via CloudTrail' }],
])('%s, and nobody is told', (_, event) => {
  expect(told(event)).toEqual([]);
});

test('every rule is tried', () => {
  expect(rules.map(({ name }) => name).sort()).toEqual([
    'Alarms',
    'Api',
    'ArchiveBucket',
    'ArchiveStream',
    'AuditLog',
    'EncryptionKeys',
    'Firewall',
    'Functions',
    'Secrets',
    'SigningKeys',
    'Stack',
    'Tables',
    'Trails',
  ]);
});

test.each(rules)('the pattern of $name fits what EventBridge takes', ({ pattern }) => {
  expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2048);
});

describe('the encrypted topic', () => {
  const statements = (resource: Resource, document: string) =>
    (
      resource.Properties[document].Statement as {
        Sid: string;
        Principal: object;
        Action: unknown;
        Condition?: object;
      }[]
    ).filter(({ Sid }) => Sid === 'PublishEvents');

  test('lets EventBridge in without a condition, which it could not fulfil, and without a role', () => {
    const [policy] = statements(Resources[id('SNS::TopicPolicy', /AlarmsTopic/)]!, 'PolicyDocument');
    expect(policy).toEqual({
      Sid: 'PublishEvents',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: { Ref: id('SNS::Topic', /AlarmsTopic/) },
    });
    const [key] = statements(Resources[id('KMS::Key', /LogsKey/)]!, 'KeyPolicy');
    expect(key).toEqual({
      Sid: 'PublishEvents',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
    });
    for (const { properties } of rules) {
      expect(properties.Targets).toEqual([
        { Arn: { Ref: id('SNS::Topic', /AlarmsTopic/) }, Id: expect.any(String), InputTransformer: expect.any(Object) },
      ]);
    }
  });

  test('gets who did what, from where', () => {
    const { InputTransformer } = rules.find(({ name }) => name === 'Tables')!.properties.Targets[0];
    const { detail } = call('dynamodb', 'DeleteTable', { tableName: table });
    const paths = Object.entries(InputTransformer.InputPathsMap as Record<string, string>);
    const text = paths.reduce((message, [name, path]) => {
      const value = path
        .split('.')
        .slice(2)
        .reduce((inner: unknown, key) => (inner as Record<string, unknown>)[key], detail);
      return message.replaceAll(`<${name}>`, String(value));
    }, InputTransformer.InputTemplate as string);
    expect(JSON.parse(text)).toBe(
      `Gatehouse in Gatehouse-prod: a table of users, sessions or limits was changed, or somebody tried, outside of a deployment. DeleteTable by arn:aws:sts::${account}:assumed-role/Admin/mallory (AssumedRole) from 198.51.100.7 at 2026-11-23T12:00:00Z; the event of CloudTrail is 00000000-1111-2222-3333-444444444444.`,
    );
  });
});

test('a fork that hears of it elsewhere makes none', () => {
  const template = templateOf('dev', { audit: { tamperRules: false } });
  template.resourceCountIs('AWS::Events::Rule', 0);
  expect(JSON.stringify(template.toJSON())).not.toContain('events.amazonaws.com');
});
