import type { Rule } from './rule.ts';
import { list, type Properties, resourcesOf, type Template } from './template.ts';

/** What makes SES rewrite the links in mail, and put an image into it. */
const tracking = ['OPEN', 'CLICK'];

const eventDestinations = (template: Template) =>
  resourcesOf(template, 'AWS::SES::ConfigurationSetEventDestination')
    .filter(({ properties }) =>
      list<string>(properties.EventDestination?.MatchingEventTypes).some((event) =>
        tracking.includes(event.toUpperCase()),
      ),
    )
    .map(({ id }) => ({ id, location: 'Properties.EventDestination.MatchingEventTypes' }));

const isTracked = ({ TrackingOptions, VdmOptions }: Properties): boolean =>
  TrackingOptions !== undefined || VdmOptions?.DashboardOptions?.EngagementMetrics === 'ENABLED';

export const mailIsNotTracked: Rule = {
  id: 'MailIsNotTracked',
  description: 'Opens and clicks of mail are not tracked: the links carry tokens, which the tracking server would see.',
  fix: `Take '${tracking.join("' and '")}' out of the events, and TrackingOptions and engagement metrics off.`,
  check: (template) => [
    ...eventDestinations(template),
    ...resourcesOf(template, 'AWS::SES::ConfigurationSet')
      .filter(({ properties }) => isTracked(properties))
      .map(({ id }) => ({ id, location: 'Properties' })),
  ],
};
