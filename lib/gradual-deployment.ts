import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import {
  type ILambdaDeploymentConfig,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeOwnPolicy, findingArn } from './acknowledge.ts';
import { alarmDescription } from './alarms/runbook.ts';
import type { AuthApi } from './auth-api.ts';

/**
 * How traffic moves to a new version: a tenth for five minutes and then the rest, or a tenth more every minute. None may take longer
 * than the waits of a key rotation leave for it: 40 minutes.
 */
const configurations = {
  canary: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  linear: LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE,
} as const satisfies Record<string, ILambdaDeploymentConfig>;

/** A tenth of the traffic first, or a tenth every minute. */
export type GradualRollout = keyof typeof configurations;

/** `all-at-once` gives every request to a new version at once, and leaves the way back to whoever watches. */
export const rollouts = [...(Object.keys(configurations) as GradualRollout[]), 'all-at-once'] as const;

/** How traffic moves to a new version. */
export type Rollout = (typeof rollouts)[number];

const missing = 'AWS reports only while requests come in.';

export interface GradualDeploymentProps {
  /** The alias whose traffic is shifted. */
  readonly alias: Alias;
  /** The API in front of it. */
  readonly api: AuthApi;
  /** Told when a deployment goes wrong. */
  readonly topic: ITopic;
  /** @default - 'canary' */
  readonly rollout?: GradualRollout;
  /** Where the runbooks are that the alarms link to. @default - 'docs/runbooks' */
  readonly runbookUrl?: string;
}

/**
 * Shifts traffic to a new version bit by bit, and back when it fails: CodeDeploy rolls the alias back, and CloudFormation the stack
 * with it. An alarm that is on already stops a deployment before it begins; `all-at-once` is the way to deploy the repair then.
 */
export class GradualDeployment extends Construct {
  readonly group: LambdaDeploymentGroup;

  constructor(scope: Construct, id: string, props: GradualDeploymentProps) {
    super(scope, id);
    const { alias } = props;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
    this.allowShifting(role, alias);
    this.group = new LambdaDeploymentGroup(this, 'Resource', {
      alias,
      deploymentConfig: configurations[props.rollout ?? 'canary'],
      alarms: [this.versionErrors(props), this.serverErrors(props)],
      // Without this the construct would attach a policy of AWS that reaches every function.
      role: role.withoutPolicyUpdates(),
    });
    this.group.node.addDependency(role);
  }

  /** Of the new version alone, since one failure of the old one must not undo its successor. */
  private versionErrors({ alias, ...props }: GradualDeploymentProps): cloudwatch.Alarm {
    const { functionName } = alias.lambda;
    const metric = alias.metricErrors({
      dimensionsMap: {
        FunctionName: functionName,
        Resource: `${functionName}:${alias.aliasName}`,
        ExecutedVersion: alias.version.version,
      },
      statistic: 'Sum',
      period: Duration.minutes(1),
    });
    return this.alarm('VersionErrors', props, 'A new version crashed or timed out; it is rolled back.', {
      metric,
      threshold: 0,
      evaluationPeriods: 1,
    });
  }

  /** A version that answers 5xx has not crashed. The average of this metric is the share of such answers. */
  private serverErrors({ api, ...props }: GradualDeploymentProps): cloudwatch.Alarm {
    const metric = api.metricServerError({ statistic: 'Average', period: Duration.minutes(1) });
    return this.alarm('AnswerErrors', props, 'Over 2 % of answers are 5xx; a deployment in progress is rolled back.', {
      metric,
      threshold: 0.02,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    });
  }

  private alarm(
    id: string,
    { topic, runbookUrl }: Pick<GradualDeploymentProps, 'topic' | 'runbookUrl'>,
    meaning: string,
    props: Pick<cloudwatch.AlarmProps, 'metric' | 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm'>,
  ): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, id, {
      ...props,
      alarmDescription: alarmDescription(this, `Rollout${id}`, `${meaning} ${missing}`, runbookUrl),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  }

  private allowShifting(role: Role, alias: Alias): void {
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
        resources: [alias.lambda.functionArn, `${alias.lambda.functionArn}:${alias.aliasName}`],
      }),
    );
    const stack = Stack.of(this);
    const alarms = `arn:${stack.partition}:cloudwatch:${stack.region}:${stack.account}:alarm:*`;
    role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }));
    acknowledge(
      role,
      'IAM5',
      'CodeDeploy asks for the states of alarms; their names are made at deployment, after the role. The action reads and changes nothing.',
      `Resource::${findingArn(this, 'cloudwatch', 'alarm:*')}`,
    );
    acknowledgeOwnPolicy(role, 'one function');
  }
}
