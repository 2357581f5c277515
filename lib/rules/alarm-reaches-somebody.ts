import type { Rule } from './rule.ts';
import { list, resourcesOf } from './template.ts';

export const alarmReachesSomebody: Rule = {
  id: 'AlarmReachesSomebody',
  description: 'Every alarm has an action that is not switched off, and says what missing data means.',
  fix: 'Set AlarmActions and TreatMissingData; a child of a composite alarm may be acknowledged.',
  check: (template) =>
    resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(({ id, properties }) => [
      ...(list(properties.AlarmActions).length > 0 && properties.ActionsEnabled !== false
        ? []
        : [{ id, location: 'Properties.AlarmActions' }]),
      ...(properties.TreatMissingData ? [] : [{ id, location: 'Properties.TreatMissingData' }]),
    ]),
};
