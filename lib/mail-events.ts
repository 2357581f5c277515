import { EventBus } from 'aws-cdk-lib/aws-events';
import { type ConfigurationSet, EmailSendingEvent, EventDestination } from 'aws-cdk-lib/aws-ses';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** What keeps mail from its reader. Never opens and clicks: to see them, SES rewrites the links, which carry tokens. */
const events = [
  EmailSendingEvent.BOUNCE,
  EmailSendingEvent.COMPLAINT,
  EmailSendingEvent.DELIVERY_DELAY,
  EmailSendingEvent.REJECT,
  EmailSendingEvent.RENDERING_FAILURE,
];

/**
 * Tells the account's default event bus what became of mail, and `topic`. Nobody has to listen: after a bounce or a complaint, SES puts
 * the address on the account's suppression list by itself.
 */
export function reportMailEvents(configurationSet: ConfigurationSet, topic?: ITopic): void {
  const bus = EventBus.fromEventBusName(configurationSet, 'DefaultBus', 'default');
  configurationSet.addEventDestination('Events', { destination: EventDestination.eventBus(bus), events });
  if (topic) configurationSet.addEventDestination('Topic', { destination: EventDestination.snsTopic(topic), events });
}
