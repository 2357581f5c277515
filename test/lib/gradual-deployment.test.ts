import { describe, expect, test } from '@jest/globals';
import { rotationWaits } from '../../contract/signing.ts';
import { rollouts } from '../../lib/gradual-deployment.ts';
import { actionsOf, resourceOf, resourcesOf, statementsOf, templateOf } from './support.ts';

const template = templateOf('prod');
const group = resourceOf(template, 'AWS::CodeDeploy::DeploymentGroup').Properties;
const alarm = (name: string) => resourceOf(template, 'AWS::CloudWatch::Alarm', new RegExp(`Rollout${name}`)).Properties;
const version = Object.keys(resourcesOf(template, 'AWS::Lambda::Version'))[0]!;

test('prod gives a new version a tenth of the traffic first; dev gives it all', () => {
  expect(group.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
  templateOf('dev').resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
});

test.each([
  ['linear', 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute'],
  ['canary', 'CodeDeployDefault.LambdaCanary10Percent5Minutes'],
] as const)('%s is %s, in either stage', (rollout, name) => {
  const { DeploymentConfigName } = resourceOf(
    templateOf('dev', { rollout }),
    'AWS::CodeDeploy::DeploymentGroup',
  ).Properties;
  expect(DeploymentConfigName).toBe(name);
});

test('all at once is a way to deploy a repair while an alarm is on', () => {
  const repair = templateOf('prod', { rollout: 'all-at-once' });
  repair.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
  expect(resourceOf(repair, 'AWS::Lambda::Alias')).not.toHaveProperty('UpdatePolicy');
});

test('the longest way ends within the time that a key rotation leaves for it', () => {
  expect(rollouts).toEqual(['canary', 'linear', 'all-at-once']);
  const minutes = { canary: 5, linear: 10 };
  const left = rotationWaits.drop - 900 - 300;
  for (const duration of Object.values(minutes)) expect(duration * 60).toBeLessThan(left);
});

test('the alias moves by CodeDeploy, which rolls it back when it fails or an alarm goes off', () => {
  const [application] = Object.keys(resourcesOf(template, 'AWS::CodeDeploy::Application'));
  const [groupId] = Object.keys(resourcesOf(template, 'AWS::CodeDeploy::DeploymentGroup'));
  expect(resourceOf(template, 'AWS::Lambda::Alias')).toMatchObject({
    UpdatePolicy: {
      CodeDeployLambdaAliasUpdate: { ApplicationName: { Ref: application }, DeploymentGroupName: { Ref: groupId } },
    },
  });
  expect(group.AutoRollbackConfiguration).toEqual({
    Enabled: true,
    Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
  });
  expect(group.AlarmConfiguration.Enabled).toBe(true);
  expect(group.AlarmConfiguration.Alarms.map(({ Name }: { Name: { Ref: string } }) => Name.Ref)).toEqual([
    expect.stringMatching(/RolloutVersionErrors/),
    expect.stringMatching(/RolloutAnswerErrors/),
  ]);
});

describe('the alarms', () => {
  test('watch the new version alone for crashes, minute by minute', () => {
    expect(alarm('VersionErrors')).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    const dimensions = alarm('VersionErrors').Dimensions;
    expect(dimensions.map(({ Name }: { Name: string }) => Name)).toEqual([
      'ExecutedVersion',
      'FunctionName',
      'Resource',
    ]);
    expect(dimensions[0].Value).toEqual({ 'Fn::GetAtt': [version, 'Version'] });
    expect(JSON.stringify(dimensions[2].Value)).toMatch(/AuthFunction.*:live/);
  });

  test('watch the share of 5xx, which a canary that always fails takes to a tenth', () => {
    expect(alarm('AnswerErrors')).toMatchObject({
      MetricName: '5XXError',
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    });
    expect(alarm('AnswerErrors').Threshold).toBeLessThan(0.1 / 2);
  });

  test('reach the topic of the others, and take silence for health', () => {
    for (const name of ['VersionErrors', 'AnswerErrors']) {
      expect(alarm(name).AlarmActions).toEqual([{ Ref: expect.stringMatching(/AlarmsTopic/) }]);
      expect(alarm(name).TreatMissingData).toBe('notBreaching');
    }
  });
});

test('the role may move this alias and read alarms, and has no policy of AWS', () => {
  const statements = statementsOf(template, /Rollout/);
  expect(actionsOf(statements).sort()).toEqual([
    'cloudwatch:DescribeAlarms',
    'lambda:GetAlias',
    'lambda:GetProvisionedConcurrencyConfig',
    'lambda:UpdateAlias',
  ]);
  const role = resourceOf(template, 'AWS::IAM::Role', /Rollout/).Properties;
  expect(role.ManagedPolicyArns).toBeUndefined();
  expect(JSON.stringify(role.AssumeRolePolicyDocument)).toContain('codedeploy.amazonaws.com');
});

test('the role has its rights before the first deployment uses them', () => {
  const { DependsOn } = resourceOf(template, 'AWS::CodeDeploy::DeploymentGroup');
  expect(DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/RolloutRoleDefaultPolicy/)]));
});
