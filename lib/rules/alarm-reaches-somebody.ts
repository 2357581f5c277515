import type { Rule } from './rule.ts';
import { type Found, list, resourcesOf } from './template.ts';

const isHeard = ({ properties }: Found): boolean =>
  list(properties.AlarmActions).length > 0 && properties.ActionsEnabled !== false;

export const alarmReachesSomebody: Rule = {
  id: 'AlarmReachesSomebody',
  description: 'Every alarm has an action that is not switched off, and says what missing data means.',
  fix: 'Set AlarmActions and TreatMissingData; a child of a composite alarm may be acknowledged.',
  check: (template) => {
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
    const composites = resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm');
    return [
      ...[...alarms, ...composites]
        .filter((alarm) => !isHeard(alarm))
        .map(({ id }) => ({ id, location: 'Properties.AlarmActions' })),
      ...alarms
        .filter(({ properties }) => !properties.TreatMissingData)
        .map(({ id }) => ({ id, location: 'Properties.TreatMissingData' })),
    ];
  },
};
