import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { Target } from '../admin/target.ts';

/** Names of the stack's alarms, composite ones too, that are in the state ALARM. */
export async function ringingAlarms(target: Target): Promise<string[]> {
  const client = new CloudWatchClient(target.aws);
  const names: string[] = [];
  try {
    const input = {
      AlarmNamePrefix: `${target.name}-`,
      StateValue: 'ALARM' as const,
      AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const],
    };
    for await (const { MetricAlarms = [], CompositeAlarms = [] } of paginateDescribeAlarms({ client }, input)) {
      names.push(...[...MetricAlarms, ...CompositeAlarms].map(({ AlarmName = '' }) => AlarmName));
    }
  } finally {
    client.destroy();
  }
  return names.sort();
}
