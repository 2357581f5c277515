import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type AlarmName, alarmThresholds } from '../../contract/alarm-defaults.ts';
import { AlarmTopic } from '../alarm-topic.ts';
import { requireNoProblems } from '../settings.ts';
import { alarmDefinitions, definitionOf } from './definitions.ts';
import { alarmDescription } from './runbook.ts';
import { thresholdProblems } from './thresholds.ts';
import { underAttackMeaning, underAttackRule } from './under-attack.ts';
import type { Watched } from './watched.ts';
import { watchedMetrics } from './watched-metrics.ts';

export interface AlarmsProps extends Watched {
  /** Gets every alarm; an encrypted one has to let CloudWatch use its key. @default - a new encrypted topic */
  readonly topic?: ITopic;
  /** Encrypts the new topic. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
  /** Subscribed to the new topic. @default - nobody, so subscribe someone */
  readonly email?: string;
  /** Thresholds by alarm, where the defaults do not suit. @default - see `docs/alarms.md` */
  readonly thresholds?: Readonly<Partial<Record<AlarmName, number>>>;
  /** Requests come in at any hour, so that their absence is an alarm, `NoRequests`. @default - false */
  readonly expectTraffic?: boolean;
  /** Where the runbooks are, for the links in the descriptions: 'https://wiki.example.com/gatehouse'. @default - 'docs/runbooks' */
  readonly runbookUrl?: string;
}

/** Alarms on what is given, each with an action and a runbook, and one of several that says: an attack. */
export class Alarms extends Construct {
  readonly topic: ITopic;
  /** By name; there is none on what was not given. */
  readonly alarms: Readonly<Partial<Record<AlarmName, cloudwatch.Alarm>>>;
  /** Absent without both alarms on failing sign-ins and alarms on what defends against them. */
  readonly underAttack?: cloudwatch.CompositeAlarm;
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    if (props.topic && props.email) throw new Error('topic: excludes email; subscribe it to your topic');
    requireNoProblems(thresholdProblems('thresholds', props.thresholds));
    this.topic = props.topic ?? new AlarmTopic(this, 'Topic', props).topic;
    this.action = new SnsAction(this.topic);

    const watched = watchedMetrics(props);
    const wanted = (Object.keys(alarmDefinitions) as AlarmName[]).filter(
      (name) => watched[name] && (name !== 'NoRequests' || props.expectTraffic),
    );
    this.alarms = Object.fromEntries(wanted.map((name) => [name, this.add(name, watched[name]!, props)]));
    const alarmRule = underAttackRule(this.alarms);
    if (alarmRule) {
      this.underAttack = new cloudwatch.CompositeAlarm(this, 'UnderAttack', {
        alarmDescription: alarmDescription(this, 'UnderAttack', underAttackMeaning, props.runbookUrl),
        alarmRule,
      });
      this.notify(this.underAttack);
    }
  }

  private add(name: AlarmName, metric: cloudwatch.IMetric, props: AlarmsProps): cloudwatch.Alarm {
    const { meaning, missing, periods = 1 } = definitionOf(name);
    const threshold = props.thresholds?.[name] ?? alarmThresholds[name];
    const options = {
      alarmDescription: alarmDescription(this, name, `${meaning} ${missing.because}`, props.runbookUrl),
      metric,
      evaluationPeriods: periods,
      treatMissingData: missing.treatment as cloudwatch.TreatMissingData,
    };
    const alarm =
      name === 'SignInFailureAnomaly'
        ? new cloudwatch.AnomalyDetectionAlarm(this, name, {
            ...options,
            stdDevs: threshold,
            comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
          })
        : new cloudwatch.Alarm(this, name, {
            ...options,
            threshold,
            comparisonOperator:
              name === 'NoRequests'
                ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
                : cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
          });
    this.notify(alarm);
    return alarm;
  }

  private notify(alarm: cloudwatch.AlarmBase): void {
    alarm.addAlarmAction(this.action);
    alarm.addOkAction(this.action);
  }
}
