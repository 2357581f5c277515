import { describe, expect, test } from '@jest/globals';
import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { investigationQueries } from '../../../lib/audit-trail/investigation-queries.ts';
import { type ArchiveSettings, AuditArchive, AuditTrail, type AuditTrailProps } from '../../../lib/index.ts';
import { resourceOf, resourcesOf, templateOf, testStack } from '../support.ts';

function trail(props: AuditTrailProps = {}, stack: Stack = testStack()) {
  const auditTrail = new AuditTrail(stack, 'Trail', props);
  return { auditTrail, stack, template: Template.fromStack(stack) };
}

const archiveOf = (archive: ArchiveSettings | true = true) => trail({ archive }).template;
const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-4333-8444-555555555555';

const prod = templateOf('prod', { audit: { trailLogGroupName: 'organization-trail' } });
const dev = templateOf('dev');

describe('the log group', () => {
  test('may be brought, and then no other is made', () => {
    const stack = testStack();
    const logGroup = LogGroup.fromLogGroupName(stack, 'Mine', 'our-audit');
    const { template } = trail({ logGroup }, stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::Logs::QueryDefinition'))) {
      expect(Properties.LogGroupNames).toEqual(['our-audit']);
    }
    expect(() => new AuditTrail(stack, 'Other', { logGroup, retention: RetentionDays.ONE_YEAR })).toThrow(
      'logGroup: excludes retention; set it on your log group',
    );
  });

  test('has the queries of an investigator, in a folder named after the stack', () => {
    const { template } = trail();
    const names = Object.values(resourcesOf(template, 'AWS::Logs::QueryDefinition')).map(
      ({ Properties }) => Properties.Name,
    );
    expect(names.sort()).toEqual(
      Object.values(investigationQueries)
        .map(({ title }) => `Test/${title}`)
        .sort(),
    );
  });
});

describe('the archive', () => {
  test('is there in prod, and in dev when it is asked for: a bucket that cannot be deleted is in the way of a stage that comes and goes', () => {
    prod.resourceCountIs('AWS::KinesisFirehose::DeliveryStream', 1);
    dev.resourceCountIs('AWS::S3::Bucket', 0);
    templateOf('dev', { audit: { archive: true } }).resourceCountIs('AWS::S3::Bucket', 1);
  });

  test('cannot be changed: locked, versioned, retained, encrypted, closed', () => {
    archiveOf().hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: 400, Mode: 'GOVERNANCE' } } },
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { BucketKeyEnabled: false, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
    });
    const denied = (Action: unknown, Condition: unknown) =>
      Match.objectLike({ Effect: 'Deny', Principal: { AWS: '*' }, Action, ...(Condition ? { Condition } : {}) });
    archiveOf().hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          denied('s3:*', { Bool: { 'aws:SecureTransport': 'false' } }),
          denied(['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'], undefined),
        ]),
      },
    });
  });

  test('keeps for as long as it is told, in the mode that it is told, and then lets go', () => {
    const rules = (days: number) =>
      resourceOf(archiveOf({ retention: Duration.days(days), lock: 'compliance' }), 'AWS::S3::Bucket').Properties;
    expect(rules(2555)).toMatchObject({
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: 2555, Mode: 'COMPLIANCE' } } },
      LifecycleConfiguration: {
        Rules: [
          {
            Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 90 }],
            ExpirationInDays: 2555,
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          },
        ],
      },
    });
    expect(rules(100).LifecycleConfiguration.Rules[0]).not.toHaveProperty('Transitions');
  });

  test('gets JSON lines: unpacked, taken out of their envelope, one a line, by day', () => {
    archiveOf().hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'CUSTOMER_MANAGED_CMK' },
      ExtendedS3DestinationConfiguration: {
        CompressionFormat: 'GZIP',
        Prefix: 'events/!{timestamp:yyyy/MM/dd}/',
        ErrorOutputPrefix: 'failures/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
        CloudWatchLoggingOptions: { Enabled: true },
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            { Type: 'Decompression', Parameters: [{ ParameterName: 'CompressionFormat', ParameterValue: 'GZIP' }] },
            {
              Type: 'CloudWatchLogProcessing',
              Parameters: [{ ParameterName: 'DataMessageExtraction', ParameterValue: 'true' }],
            },
            { Type: 'AppendDelimiterToRecord' },
          ],
        },
      },
    });
  });

  test('is subscribed once everything that it needs is there', () => {
    const template = archiveOf();
    const { DependsOn, Properties } = resourceOf(template, 'AWS::Logs::SubscriptionFilter');
    expect(Properties.FilterPattern).toBe('{ $.audit.class_uid = * }');
    expect(DependsOn).toContainEqual(expect.stringMatching(/SubscriptionRoleDefaultPolicy/));
    expect(resourceOf(template, 'AWS::KinesisFirehose::DeliveryStream').DependsOn).toContainEqual(
      expect.stringMatching(/DeliveryRoleDefaultPolicy/),
    );
  });

  test('may be a bucket of others, with its own settings', () => {
    const stack = testStack();
    const bucket = Bucket.fromBucketAttributes(stack, 'Bucket', {
      bucketName: 'security-archive',
      encryptionKey: Key.fromKeyArn(stack, 'BucketKey', keyArn),
    });
    const { template } = trail({ archive: { bucket } }, stack);
    template.resourceCountIs('AWS::S3::Bucket', 0);
    const role = JSON.stringify(resourceOf(template, 'AWS::IAM::Policy', /DeliveryRole/).Properties.PolicyDocument);
    expect(role).toContain('security-archive/events/*');
    expect(role).toContain(keyArn);
  });

  test.each<[ArchiveSettings, string]>([
    [{ retention: Duration.hours(36) }, 'retention: 1.5 days are not allowed; allowed are whole days from 1 to 36500'],
    [{ retention: Duration.days(0) }, 'retention: 0 days are not allowed; allowed are whole days from 1 to 36500'],
    [{ lock: 'none' as 'governance' }, "lock: 'none' is not allowed; allowed are 'governance', 'compliance'"],
  ])('refuses %j', (settings, message) => {
    expect(() => archiveOf(settings)).toThrow(message);
  });

  test('refuses settings of its own for a bucket of others', () => {
    const stack = testStack();
    const bucket = Bucket.fromBucketName(stack, 'Bucket', 'security-archive');
    const logGroup = LogGroup.fromLogGroupName(stack, 'Mine', 'our-audit');
    expect(() => new AuditArchive(stack, 'Archive', { logGroup, bucket, lock: 'compliance' })).toThrow(
      'lock: has no effect with bucket; set it on your bucket',
    );
  });
});

describe('metrics', () => {
  test('are absent for what is not there', () => {
    const { auditTrail } = trail();
    expect(auditTrail.metricDeliveryFreshness()).toBeUndefined();
    expect(auditTrail.metricArchiveFailures()).toBeUndefined();
    expect(auditTrail.metricSignCalls()).toBeUndefined();
  });

  test('of the archive name its stream and log group', () => {
    const { auditTrail, stack } = trail({ archive: true });
    const freshness = auditTrail.metricDeliveryFreshness()!;
    expect(stack.resolve(freshness.dimensions)).toEqual({
      DeliveryStreamName: { Ref: expect.stringMatching(/^TrailArchiveStream/) },
    });
    const { usingMetrics } = auditTrail.metricArchiveFailures()!.toMetricConfig().mathExpression!;
    expect(Object.values(usingMetrics).map((metric) => metric.toMetricConfig().metricStat!.metricName)).toEqual([
      'DeliveryErrors',
      'DeliveryThrottling',
      'ThrottledRecords',
      'OutputDecompressedRecords.Failed',
    ]);
  });
});

describe('signatures', () => {
  const filters = Object.values(resourcesOf(prod, 'AWS::Logs::MetricFilter'));

  test('are counted for each signing key, in the log group of the trail, without refused ones', () => {
    const keys = Object.keys(resourcesOf(prod, 'AWS::KMS::Key')).filter((id) => /SigningKeys/.test(id));
    expect(filters.map(({ Properties }) => Properties.FilterPattern)).toEqual(
      keys.map((id) => ({
        'Fn::Join': [
          '',
          [
            '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "Sign") && ($.resources[0].ARN = "',
            { 'Fn::GetAtt': [id, 'Arn'] },
            '") && ($.errorCode NOT EXISTS) }',
          ],
        ],
      })),
    );
    for (const { Properties } of filters) expect(Properties.LogGroupName).toBe('organization-trail');
  });

  test('make one metric, of this stack alone', () => {
    const metrics = new Set(filters.map(({ Properties }) => JSON.stringify(Properties.MetricTransformations)));
    expect([...metrics].map((text) => JSON.parse(text))).toEqual([
      [
        {
          MetricName: 'SignCalls',
          MetricNamespace: expect.stringMatching(/^Gatehouse\/Gatehouseprod\w+$/),
          MetricValue: '1',
        },
      ],
    ]);
  });

  test('are not counted without a trail, nor without keys', () => {
    dev.resourceCountIs('AWS::Logs::MetricFilter', 0);
    const stack = testStack();
    const trailLogGroup = LogGroup.fromLogGroupName(stack, 'Log', 'trail');
    expect(() => trail({ trailLogGroup }, stack)).toThrow(
      'trailLogGroup: needs signingKeys, whose signatures it counts',
    );
  });
});
