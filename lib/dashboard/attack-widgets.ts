import { AlarmStatusWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmName } from '../../contract/alarm-defaults.ts';
import { type MetricName, metrics } from '../../contract/metrics.ts';
import type { Alarms } from '../alarms/alarms.ts';
import { defending, failing } from '../alarms/under-attack.ts';
import { alarmPeriod as period, type Watched } from '../alarms/watched.ts';
import { graph } from './graph.ts';

/** Who tries to get in, and what stops them. */
export function attackWidgets({
  alarms,
  authFunction,
  firewall,
  edgeFirewall,
}: Watched & { alarms?: Alarms }): IWidget[] {
  const own = (name: MetricName) => authFunction?.metric?.(name, { period });
  return [
    ...(alarms ? status(alarms) : []),
    ...graph('Sign-ins', { left: [own(metrics.signInSucceeded), own(metrics.signInFailed)] }),
    ...graph('Locks', { left: [own(metrics.accountLocked), own(metrics.lockedAttempt)] }),
    ...graph('Suspicious', { left: [own(metrics.suspiciousActivity), own(metrics.originRejected)] }),
    ...graph('Over a limit', { left: [own(metrics.rateLimited)] }),
    ...graph('Firewall', { left: [firewall?.metricBlocked({ period }), firewall?.metricAllowed({ period })] }),
    ...graph('Firewall at the edge', {
      left: [edgeFirewall?.metricBlocked({ period }), edgeFirewall?.metricAllowed({ period })],
    }),
  ];
}

/** The alarms that tell of an attack first, then the others. */
function status({ alarms, underAttack }: Alarms): IWidget[] {
  const aboutAttacks: readonly string[] = [...failing, ...defending];
  const [attacks, others] = [true, false].map((wanted) =>
    Object.entries(alarms).flatMap(([name, alarm]) =>
      aboutAttacks.includes(name as AlarmName) === wanted ? [alarm] : [],
    ),
  );
  return [
    new AlarmStatusWidget({
      title: 'Attacks',
      alarms: [...(underAttack ? [underAttack] : []), ...attacks!],
      width: 12,
      height: 4,
    }),
    new AlarmStatusWidget({ title: 'Everything else', alarms: others!, width: 12, height: 4 }),
  ];
}
