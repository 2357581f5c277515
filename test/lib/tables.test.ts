import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { IdentityTable, type IdentityTableProps, RateLimitTable, type RateLimitTableProps } from '../../lib/index.ts';
import { resourceOf, testApp, testStack } from './support.ts';

const type = 'AWS::DynamoDB::GlobalTable';

function tableTemplate(
  Table: typeof IdentityTable | typeof RateLimitTable,
  props?: IdentityTableProps & RateLimitTableProps,
): Template {
  const stack = testStack();
  new Table(stack, 'Table', props);
  return Template.fromStack(stack);
}

describe.each([
  ['IdentityTable', IdentityTable],
  ['RateLimitTable', RateLimitTable],
] as const)('%s', (_, Table) => {
  const template = tableTemplate(Table);

  test('is protected, recoverable, encrypted with a customer key and bounded', () => {
    template.hasResourceProperties(type, {
      BillingMode: 'PAY_PER_REQUEST',
      WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: Match.anyValue() },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          ContributorInsightsSpecification: { Enabled: true, Mode: 'THROTTLED_KEYS' },
          ReadOnDemandThroughputSettings: { MaxReadRequestUnits: Match.anyValue() },
          SSESpecification: { KMSMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('Key'), 'Arn'] } },
        }),
      ],
    });
  });

  test('expires rows by the attribute of the contract', () => {
    template.hasResourceProperties(type, { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } });
  });

  test.each([
    [true, 'Retain'],
    [false, 'RetainExceptOnCreate'],
  ])('with deletion protection %s has, like its key, the policy %s', (deletionProtection, policy) => {
    const template = tableTemplate(Table, { deletionProtection });
    for (const resource of [resourceOf(template, type), resourceOf(template, 'AWS::KMS::Key')]) {
      expect([resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual([policy, 'Retain']);
    }
  });

  test('uses a key that it is given', () => {
    const stack = testStack();
    new Table(stack, 'Table', {
      encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/ours'),
    });
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 0);
  });

  test('is bounded and recoverable as told', () => {
    tableTemplate(Table, { maxReadRequestUnits: 7, maxWriteRequestUnits: 9, recoveryDays: 14 }).hasResourceProperties(
      type,
      {
        WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 9 },
        Replicas: [
          Match.objectLike({
            ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 7 },
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 14 },
          }),
        ],
      },
    );
  });

  test.each([
    [{ maxReadRequestUnits: 0 }, 'maxReadRequestUnits: 0 is not allowed; allowed are whole numbers from 1'],
    [{ maxWriteRequestUnits: 1.5 }, 'maxWriteRequestUnits: 1.5 is not allowed; allowed are whole numbers from 1'],
    [{ recoveryDays: 36 }, 'recoveryDays: 36 is not allowed; allowed are whole numbers from 1 to 35'],
  ])('refuses %j', (props, message) => {
    expect(() => tableTemplate(Table, props)).toThrow(message);
  });

  test('says that its stack needs a region', () => {
    const stack = new Stack(testApp(), 'NoRegion');
    expect(() => new Table(stack, 'Table')).toThrow(/^region: the stack has none/);
  });
});

test('the identity table has the keys of the contract and one index, with all attributes', () => {
  tableTemplate(IdentityTable).hasResourceProperties(type, {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'directory',
        KeySchema: [
          { AttributeName: 'dirPk', KeyType: 'HASH' },
          { AttributeName: 'dirSk', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
});

test('the rate-limit table has a partition key only, and no index', () => {
  tableTemplate(RateLimitTable).hasResourceProperties(type, {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: Match.absent(),
  });
});
