import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Gatehouse, type GatehouseProps } from '../../lib/index.ts';
import { functionCode, resourceOf, resourcesOf, statementsOf, templateOf, testStack } from './support.ts';

const required: GatehouseProps = { stage: 'dev', mailFrom: 'no-reply@example.com' };

describe('a platform team brings its own', () => {
  const stack = testStack();
  const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-1:111122223333:${name}`;
  const webAclArn = arn('wafv2', 'regional/webacl/ours/1');
  new Gatehouse(stack, 'Gatehouse', {
    ...required,
    code: functionCode(),
    dataKey: Key.fromKeyArn(stack, 'DataKey', arn('kms', 'key/11111111-1111-4111-8111-111111111111')),
    logsKey: Key.fromKeyArn(stack, 'LogsKey', arn('kms', 'key/22222222-2222-4222-8222-222222222222')),
    identityTable: TableV2.fromTableAttributes(stack, 'Identity', { tableName: 'our-users' }),
    rateLimitTable: TableV2.fromTableAttributes(stack, 'Limits', { tableName: 'our-limits' }),
    secret: Secret.fromSecretCompleteArn(stack, 'Secret', arn('secretsmanager', 'secret:ours-AbCdEf')),
    alarmTopic: Topic.fromTopicArn(stack, 'Topic', arn('sns', 'alarms')),
    webAclArn,
  });
  const template = Template.fromStack(stack);

  test('tables, secret, topic and web ACL, and no second ones are made', () => {
    for (const type of ['DynamoDB::GlobalTable', 'SecretsManager::Secret', 'SNS::Topic', 'WAFv2::WebACL']) {
      template.resourceCountIs(`AWS::${type}`, 0);
    }
    expect(Object.keys(resourcesOf(template, 'AWS::KMS::Key'))).toHaveLength(2);
  });

  test('and the function may use exactly those', () => {
    const statements = JSON.stringify(statementsOf(template, /AuthFunction/));
    for (const name of [
      'table/our-users',
      'table/our-users/index/directory',
      'table/our-limits',
      'secret:ours-AbCdEf',
    ]) {
      expect(statements).toContain(name);
    }
  });

  test('and its web ACL guards the API', () => {
    expect(resourceOf(template, 'AWS::WAFv2::WebACLAssociation').Properties.WebACLArn).toBe(webAclArn);
  });

  test('and its topic gets the alarms', () => {
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'))) {
      expect(Properties.AlarmActions).toEqual([arn('sns', 'alarms')]);
    }
  });
});

describe('stages', () => {
  const protection = (stage: 'dev' | 'prod') =>
    Object.values(resourcesOf(templateOf(stage), 'AWS::DynamoDB::GlobalTable')).map(
      ({ Properties }) => Properties.Replicas[0].DeletionProtectionEnabled,
    );

  test('prod refuses to delete its tables; dev can be taken down', () => {
    expect(protection('prod')).toEqual([true, true]);
    expect(protection('dev')).toEqual([false, false]);
  });

  test('prod keeps every log for a year at least', () => {
    for (const { Properties } of Object.values(resourcesOf(templateOf('prod'), 'AWS::Logs::LogGroup'))) {
      expect(Properties.RetentionInDays).toBeGreaterThanOrEqual(365);
    }
  });

  test('audit events are kept apart from other logs, and longer', () => {
    expect(resourceOf(templateOf('dev'), 'AWS::Logs::LogGroup', /AuditTrail/).Properties.RetentionInDays).toBe(400);
  });
});

test.each<[Partial<GatehouseProps>, RegExp]>([
  [{ stage: 'prod', baseUrl: 'http://auth.example.com' }, /^baseUrl: .*must use https in stage 'prod'/],
  [{ trustedOrigins: ['http://app.example.com'] }, /^trustedOrigins: .*must use https/],
  [{ stage: 'prod', deletionProtection: false }, /^deletionProtection: 'false' is not allowed in stage 'prod'/],
  [
    { stage: 'prod', auditRetention: RetentionDays.ONE_MONTH },
    /^auditRetention: 30 days are not allowed in stage 'prod'/,
  ],
  [{ webAclArn: 'arn:x', adminNetworks: [] }, /^webAclArn: excludes blockedNetworks and adminNetworks/],
])('refuses %j', (props, message) => {
  expect(() => new Gatehouse(testStack(), 'Gatehouse', { ...required, ...props, code: functionCode() })).toThrow(
    message,
  );
});
