import { describe, expect, test } from '@jest/globals';
import { Duration, Fn } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Gatehouse, type GatehouseProps } from '../../lib/index.ts';
import { functionCode, resourceOf, resourcesOf, statementsOf, templateOf, testStack } from './support.ts';

const publicly = { stage: 'prod', baseUrl: 'https://auth.example.com' } as const;
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

  test('dev may send from within the sandbox of SES; prod needs no such permission', () => {
    const sends = (stage: 'dev' | 'prod') => JSON.stringify(statementsOf(templateOf(stage), /Mailer/));
    expect(sends('dev')).toContain(':identity/*');
    expect(sends('prod')).not.toContain('*');
  });

  test('prod starts with a base URL that is known at deployment only, too', () => {
    const stack = testStack();
    new Gatehouse(stack, 'Gatehouse', {
      ...required,
      stage: 'prod',
      baseUrl: Fn.importValue('base-url'),
      code: functionCode(),
    });
    expect(Template.fromStack(stack).toJSON()).toBeDefined();
  });

  test('protected tables and their key survive the rollback of a first deployment, which could not delete them', () => {
    const policies = (stage: 'dev' | 'prod') => {
      const template = templateOf(stage);
      const key = resourceOf(template, 'AWS::KMS::Key', /DataKey/);
      return [...Object.values(resourcesOf(template, 'AWS::DynamoDB::GlobalTable')), key].map(
        ({ DeletionPolicy }) => DeletionPolicy,
      );
    };
    expect(policies('prod')).toEqual(['Retain', 'Retain', 'Retain']);
    expect(policies('dev')).toEqual(Array(3).fill('RetainExceptOnCreate'));
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
  [{ stage: 'prod' }, /^domainName: is missing; stage 'prod' needs domainName or baseUrl$/],
  [
    { ...publicly, deletionProtection: false },
    /^deletionProtection: 'false' is not allowed in stage 'prod'; allowed is 'true'$/,
  ],
  [
    { ...publicly, auditRetention: RetentionDays.ONE_MONTH },
    /^auditRetention: 30 is not allowed in stage 'prod'; allowed are 365, 400, /,
  ],
  [
    { auditArchive: { retention: Duration.hours(1) } },
    /^auditArchive\.retention: .* days are not allowed; allowed are whole days from 1 to 36500$/,
  ],
  [
    { auditLogGroup: {} as ILogGroup, auditRetention: RetentionDays.ONE_YEAR },
    /^auditLogGroup: excludes auditRetention; set it on your log group$/,
  ],
  [{ logRetention: 100 as RetentionDays }, /^logRetention: 100 is not allowed; allowed are 1, 3, 5, /],
  [
    { ...publicly, tableRecoveryDays: 6 },
    /^tableRecoveryDays: 6 is not allowed; allowed are whole numbers from 7 to 35$/,
  ],
  [{ tableRecoveryDays: 0 }, /^tableRecoveryDays: 0 is not allowed; allowed are whole numbers from 1 to 35$/],
  [{ identityReadCeiling: 0 }, /^identityReadCeiling: 0 is not allowed; allowed are whole numbers from 1$/],
  [
    { identityTable: {} as ITable, identityWriteCeiling: 10 },
    /^identityWriteCeiling: has no effect with identityTable; set it on your table$/,
  ],
  [{ reservedConcurrency: 0 }, /^reservedConcurrency: 0 is not allowed; allowed are whole numbers from 1$/],
  [
    { reservedConcurrency: 5, provisionedConcurrency: 6 },
    /^provisionedConcurrency: 6 is more than reservedConcurrency, which caps it; allowed are at most 5$/,
  ],
  [{ memorySize: 128 }, /^memorySize: 128 is not allowed; allowed are whole numbers from 512 to 10240, in MB$/],
  [{ alarmEmail: 'oncall@example.com', alarmTopic: {} as ITopic }, /^alarmTopic: excludes alarmEmail/],
  [{ hostedZone: {} as IHostedZone }, /^hostedZone: has no effect without domainName/],
  [{ mailVerify: 'example.org' }, /^mailFrom: 'no-reply@example\.com' is not covered by 'example\.org'/],
  [{ breakGlassRoleArns: ['*'] }, /^breakGlassRoleArns: '\*' is not allowed/],
  [{ webAclArn: 'arn:x', blockedNetworks: [] }, /^webAclArn: excludes blockedNetworks; set them as rules of your own/],
])('refuses %j', (props, message) => {
  expect(() => new Gatehouse(testStack(), 'Gatehouse', { ...required, ...props, code: functionCode() })).toThrow(
    message,
  );
});
