import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { alarmNames } from '../../contract/alarm-defaults.ts';
import { metrics } from '../../contract/metrics.ts';
import { runbookPage } from '../../lib/alarms/runbook.ts';
import { Alarms } from '../../lib/index.ts';
import { references } from '../../local/account/omissions.ts';
import { type AlarmProperties, type Datum, dimensionsOf, stateOf, statsOf } from '../support/alarm-evaluator.ts';
import { awsMetrics } from '../support/aws-metrics.ts';
import { resourceOf, resourcesOf, stackOf, templateOf, testStack } from './support.ts';

const template = templateOf('prod', { alarmEmail: 'oncall@example.com' });
const alarms = Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
const nameOf = (id: string) => id.replace(/^Gatehouse(Alarms)?(.*)[0-9A-F]{8}$/, '$2');
const alarm = (name: string) => alarms.find(([id]) => nameOf(id) === name)![1].Properties;
const composites = Object.entries(resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm'));

test.each([...alarms, ...composites])('%s has an action, and links to the page about it', (id, { Properties }) => {
  expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/AlarmsTopic/) }]);
  expect(Properties.AlarmDescription).toMatch(
    /^Gatehouse in Gatehouse-prod: [A-Z].*\. Runbook: docs\/runbooks\/[a-z-]+\.md$/,
  );
  expect(Properties.AlarmDescription).toContain(`/${runbookPage(nameOf(id))}`);
  expect(Properties.AlarmDescription.length).toBeLessThanOrEqual(1024);
});

test.each(alarms)('%s is silent without data, as its description says', (_, { Properties }) => {
  expect(Properties.TreatMissingData).toBe('notBreaching');
  expect(stateOf(Properties as AlarmProperties, [], Date.now())).toBe('OK');
  expect(Properties.AlarmDescription).toMatch(/only while|stops reporting|Without an entry/);
});

test('watch these in prod, and with nothing set', () => {
  const absent = ['NoRequests', 'UnmatchedSignatures', 'EdgeBlockedRequests'];
  expect(alarms.map(([id]) => nameOf(id)).sort()).toEqual(
    [...alarmNames.filter((name) => !absent.includes(name)), 'RolloutAnswerErrors', 'RolloutVersionErrors'].sort(),
  );
});

describe('NoRequests', () => {
  const silence = Object.values(resourcesOf(templateOf('dev', { expectTraffic: true }), 'AWS::CloudWatch::Alarm')).find(
    ({ Properties }) => Properties.MetricName === 'Count',
  )!.Properties as AlarmProperties;
  const now = 1_800_000_000_000;
  const requests = (minutesAgo: number): Datum => ({
    ...{ namespace: silence.Namespace!, name: 'Count', dimensions: dimensionsOf(silence), value: 1 },
    time: now - minutesAgo * 60_000,
  });

  test('rings when nobody came for fifteen minutes', () => {
    expect(stateOf(silence, [], now)).toBe('ALARM');
    expect(stateOf(silence, [requests(16)], now)).toBe('ALARM');
  });

  test('is silent while one request came in them', () => {
    expect(stateOf(silence, [requests(14)], now)).toBe('OK');
  });
});

/** One value in each period that is evaluated, of the first metric of the alarm. */
function constantly(properties: AlarmProperties, value: number, now: number): Datum[] {
  const [stat] = statsOf(properties);
  return Array.from({ length: properties.EvaluationPeriods }, (_, index) => ({
    namespace: stat!.Namespace,
    name: stat!.MetricName,
    dimensions: dimensionsOf(stat!),
    time: now - index * stat!.Period * 1000 - 1,
    value,
  }));
}

test.each(alarms.filter(([id]) => nameOf(id) !== 'SignInFailureAnomaly'))(
  '%s rings beyond its threshold, and not at it',
  (_, { Properties }) => {
    const properties = Properties as AlarmProperties;
    const now = 1_800_000_000_000;
    const threshold = properties.Threshold!;
    const state = (value: number) => stateOf(properties, constantly(properties, value, now), now);
    expect([state(threshold), state(threshold + 0.0001)]).toEqual(['OK', 'ALARM']);
  },
);

describe('what AWS emits', () => {
  const documented = Object.entries(awsMetrics).flatMap(([namespace, { metrics: names }]) =>
    Object.entries(names).flatMap(([name, sets]) => sets.map((set) => `${namespace} ${name} ${set.join(',')}`)),
  );
  const watched = alarms.flatMap(([id, { Properties }]) =>
    statsOf(Properties as AlarmProperties).map((stat) => ({ id, stat })),
  );

  test('each metric of a service comes with these dimensions, by its documentation', () => {
    const asked = watched
      .filter(({ stat: { Namespace } }) => Namespace.startsWith('AWS/'))
      .map(({ stat }) => `${stat.Namespace} ${stat.MetricName} ${Object.keys(dimensionsOf(stat)).sort().join(',')}`);
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((each) => !documented.includes(each))).toEqual([]);
  });

  test('all else is of Gatehouse', () => {
    const others = watched.filter(({ stat: { Namespace } }) => !Namespace.startsWith('AWS/'));
    expect(new Set(others.map(({ stat: { Namespace } }) => Namespace))).toEqual(new Set(['Gatehouse']));
  });

  test('each dimension that refers to a resource refers to one of its kind', () => {
    const kinds: Record<string, RegExp> = {
      FunctionName: /^AWS::Lambda::Function$/,
      Resource: /^AWS::Lambda::Function$/,
      ExecutedVersion: /^AWS::Lambda::Version$/,
      Stage: /^AWS::ApiGateway::Stage$/,
      TableName: /^AWS::DynamoDB::GlobalTable$/,
      QueueName: /^AWS::SQS::Queue$/,
      LogGroupName: /^AWS::Logs::LogGroup$/,
      DeliveryStreamName: /^AWS::KinesisFirehose::DeliveryStream$/,
    };
    const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string }> };
    const wrong = watched.flatMap(({ id, stat }) =>
      Object.entries(dimensionsOf(stat)).flatMap(([name, value]) =>
        references(value)
          .filter((resource) => !kinds[name]?.test(Resources[resource]?.Type ?? ''))
          .map((resource) => `${id}: ${name} is ${resource}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("API Gateway's metrics name the API by its name, not its id", () => {
    const { Name } = resourceOf(template, 'AWS::ApiGateway::RestApi').Properties;
    for (const name of ['ServerErrors', 'SlowAnswers']) {
      expect(dimensionsOf(alarm(name) as AlarmProperties)).toMatchObject({ ApiName: Name });
    }
  });
});

describe('thresholds', () => {
  const alarmThresholds = { SignInFailures: 7, SignInFailureAnomaly: 4 };
  const set = Object.entries(resourcesOf(templateOf('dev', { alarmThresholds }), 'AWS::CloudWatch::Alarm'));
  const setAlarm = (name: string) => set.find(([id]) => nameOf(id) === name)![1].Properties;

  test('are those of the settings, and the defaults for the others', () => {
    expect(setAlarm('SignInFailures').Threshold).toBe(7);
    expect(setAlarm('RateLimited').Threshold).toBe(500);
  });

  test('of the anomaly alarm is the width of its band', () => {
    const expressions = setAlarm('SignInFailureAnomaly').Metrics.map(
      ({ Expression }: { Expression?: string }) => Expression,
    );
    expect(expressions).toContain('ANOMALY_DETECTION_BAND(m0, 4)');
  });

  test.each([
    [{ SignInFailures: -1 }, "SignInFailures: '-1' is not allowed; allowed are numbers from 0"],
    [{ NoRequests: 0 }, "NoRequests: '0' is not allowed; allowed are numbers above 0"],
    [{ RateLimited: Number.NaN }, 'RateLimited'],
    [{ Typo: 1 }, 'Typo'],
  ])('that would ring always or never are refused: %j', (alarmThresholds, message) => {
    expect(() => stackOf('dev', { alarmThresholds } as object)).toThrow(message);
  });
});

describe('for a stack of your own', () => {
  const stack = testStack();
  const topic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:111122223333:alarms');
  const fn = LambdaFunction.fromFunctionArn(stack, 'Function', 'arn:aws:lambda:eu-west-1:111122223333:function:ours');

  test('what is given is watched, and nothing else', () => {
    const api = new RestApi(stack, 'Ours');
    api.root.addMethod('GET');
    const { alarms: made, underAttack } = new Alarms(stack, 'Alarms', { topic, authFunction: { function: fn }, api });
    expect(Object.keys(made).sort()).toEqual(['FunctionErrors', 'FunctionThrottles', 'ServerErrors', 'SlowAnswers']);
    expect(underAttack).toBeUndefined();
  });

  test('the links lead where you keep the pages', () => {
    const runbookUrl = 'https://wiki.example.com/gatehouse/';
    new Alarms(stack, 'Linked', { topic, authFunction: { function: fn }, runbookUrl });
    const linked = resourcesOf(Template.fromStack(stack), 'AWS::CloudWatch::Alarm');
    const [, { Properties }] = Object.entries(linked).find(([id]) => id.startsWith('LinkedFunctionErrors'))!;
    expect(Properties.AlarmDescription).toMatch(
      / Runbook: https:\/\/wiki\.example\.com\/gatehouse\/function-errors\.md$/,
    );
  });
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
