import { describe, expect, test } from '@jest/globals';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { metrics } from '../../contract/metrics.ts';
import { Alarms } from '../../lib/index.ts';
import { resourceOf, resourcesOf, stackOf, templateOf } from './support.ts';

const template = templateOf('prod', { alarmEmail: 'oncall@example.com' });
const alarms = Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm')).filter(
  ([id]) => !id.includes('Rollout'),
);
const alarm = (name: string) => alarms.find(([id]) => id.includes(`Alarms${name}`))![1].Properties;

test.each(alarms)('%s has an action and says what missing data means', (_, { Properties }) => {
  expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/AlarmsTopic/) }]);
  expect(Properties.TreatMissingData).toBe('notBreaching');
  expect(Properties.AlarmDescription).toMatch(/^Gatehouse in Gatehouse-prod: /);
});

test('watch these', () => {
  expect(alarms.map(([id]) => id.replace(/^GatehouseAlarms/, '').replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
    'BlockedRequests',
    'FunctionErrors',
    'FunctionThrottles',
    'IdentityTableErrors',
    'IdentityTableThrottles',
    'MailBounces',
    'MailComplaints',
    'RateLimitTableErrors',
    'RateLimitTableThrottles',
    'RateLimited',
    'ServerErrors',
    'SignInFailures',
    'SigningFailures',
    'StoreFailures',
    'UnsentMail',
  ]);
});

test.each([
  ['SignInFailures', metrics.signInFailed],
  ['SigningFailures', metrics.tokenSigningFailed],
  ['RateLimited', metrics.rateLimited],
  ['StoreFailures', metrics.storeFailed],
])('%s watches the metric of the function, under the service that the function emits it for', (name, MetricName) => {
  const { POWERTOOLS_SERVICE_NAME: Value } = resourceOf(template, 'AWS::Lambda::Function', /AuthFunction/).Properties
    .Environment.Variables;
  expect(Value).toBe('gatehouse-prod');
  expect(alarm(name)).toMatchObject({
    Namespace: 'Gatehouse',
    MetricName,
    Dimensions: [{ Name: 'service', Value }],
    Statistic: 'Sum',
    Period: 300,
  });
});

test.each([
  ['MailBounces', 'Reputation.BounceRate', 0.05],
  ['MailComplaints', 'Reputation.ComplaintRate', 0.001],
])(
  '%s watches the rate by which AWS judges the account, at half of what brings a review',
  (name, MetricName, review) => {
    expect(alarm(name)).toMatchObject({
      Namespace: 'AWS/SES',
      MetricName,
      Statistic: 'Average',
      Threshold: review / 2,
    });
    expect(alarm(name).Dimensions).toBeUndefined();
  },
);

test('BlockedRequests watches all rules of the web ACL, by its metric name', () => {
  const { MetricName } = resourceOf(template, 'AWS::WAFv2::WebACL').Properties.VisibilityConfig;
  expect(alarm('BlockedRequests').Dimensions).toEqual([
    { Name: 'Region', Value: 'eu-west-1' },
    { Name: 'Rule', Value: 'ALL' },
    { Name: 'WebACL', Value: MetricName },
  ]);
});

const operationsOf = (name: string): string[] =>
  alarm(name)
    .Metrics.flatMap((metric: { MetricStat?: { Metric: { Dimensions: { Name: string; Value: string }[] } } }) =>
      metric.MetricStat ? metric.MetricStat.Metric.Dimensions : [],
    )
    .filter(({ Name }: { Name: string }) => Name === 'Operation')
    .map(({ Value }: { Value: string }) => Value)
    .sort();

test('table errors are summed over each operation that the function may use', () => {
  expect(operationsOf('RateLimitTableErrors')).toEqual(['UpdateItem']);
  expect(operationsOf('IdentityTableErrors')).toEqual([
    'BatchGetItem',
    'DeleteItem',
    'GetItem',
    'PutItem',
    'Query',
    'TransactWriteItems',
    'UpdateItem',
  ]);
});

describe('the topic', () => {
  test('is encrypted with a key that CloudWatch may use; without that, alarms are lost in silence', () => {
    const keyId = resourceOf(template, 'AWS::SNS::Topic').Properties.KmsMasterKeyId['Fn::GetAtt'][0];
    const key = resourceOf(template, 'AWS::KMS::Key', new RegExp(keyId));
    expect(key.Properties.KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
  });

  test('lets CloudWatch publish, and nobody without TLS', () => {
    const statements = resourceOf(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement;
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
      }),
    );
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  test('reaches the person in the settings', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'oncall@example.com' });
  });
});

test('a topic of your own excludes an address, which nobody would subscribe', () => {
  const { authFunction, api, mail, identityTable, rateLimitTable } = stackOf('dev').gatehouse;
  const topic = Topic.fromTopicArn(api, 'Ours', 'arn:aws:sns:eu-west-1:111122223333:alarms');
  const props = { authFunction, api, mail, identityTable, rateLimitTable, topic, email: 'oncall@example.com' };
  expect(() => new Alarms(api, 'MoreAlarms', props)).toThrow('topic: excludes email; subscribe it to your topic');
});
