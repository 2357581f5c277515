import type { Rule } from './rule.ts';
import { list, referencesIn, resourcesOf, type Template, textOf } from './template.ts';

const prefix = 'aws-waf-logs-';

/** The destinations that AWS WAF takes, and the property with the name of each. */
const nameOf = {
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::KinesisFirehose::DeliveryStream': 'DeliveryStreamName',
} as const;

/** Names of what a destination refers to, where the template says them. */
const namesOf = (template: Template, destination: unknown): string[] =>
  referencesIn(destination).flatMap((id) => {
    const { Type, Properties = {} } = template.Resources?.[id] ?? {};
    const name = nameOf[Type as keyof typeof nameOf];
    // CloudFormation would make up a name that does not begin so.
    return name ? [textOf(Properties[name])] : [];
  });

/** The ARN attribute of a log group ends with `:*`, and a name after a slash is that of another kind of resource. */
const isWrong = (template: Template, destination: unknown): boolean => {
  const text = textOf(destination);
  const isLogGroupArn =
    /^\$\{[^}]*\.Arn\}$/.test(text) && referencesIn(destination).some((id) => isLogGroup(template, id));
  const names = namesOf(template, destination);
  return (
    isLogGroupArn ||
    text.endsWith(':*') ||
    text.includes(':log-group/') ||
    (names.length > 0
      ? !names.every((name) => name.startsWith(prefix))
      : text.startsWith('arn:') && !text.includes(prefix))
  );
};

const isLogGroup = (template: Template, id: string): boolean =>
  template.Resources?.[id]?.Type === 'AWS::Logs::LogGroup';

export const firewallLogHasDestination: Rule = {
  id: 'FirewallLogHasDestination',
  description:
    'The firewall logs to a destination that AWS WAF takes: its name begins with aws-waf-logs-, its ARN does not end with :*.',
  fix: "Name the destination 'aws-waf-logs-…', and write the ARN of a log group as '…:log-group:aws-waf-logs-…'.",
  check: (template) =>
    resourcesOf(template, 'AWS::WAFv2::LoggingConfiguration')
      .filter(({ properties }) =>
        list(properties.LogDestinationConfigs).some((destination) => isWrong(template, destination)),
      )
      .map(({ id }) => ({ id, location: 'Properties.LogDestinationConfigs' })),
};
