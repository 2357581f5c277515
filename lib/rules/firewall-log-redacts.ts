import type { Rule } from './rule.ts';
import { list, type Properties, resourcesOf } from './template.ts';

const secretHeaders = ['authorization', 'cookie'];

/** The type is JSON in the registry, so that the case of its keys is the writer's. */
const headerOf = (field: Properties): string => {
  const header = field.SingleHeader ?? field.singleHeader ?? {};
  return String(header.Name ?? header.name ?? '').toLowerCase();
};

export const firewallLogRedacts: Rule = {
  id: 'FirewallLogRedacts',
  description: "The firewall's log has neither cookies nor bearer tokens.",
  fix: `Add SingleHeader fields for '${secretHeaders.join("' and '")}' to RedactedFields.`,
  check: (template) =>
    resourcesOf(template, 'AWS::WAFv2::LoggingConfiguration')
      .filter(({ properties }) => {
        const redacted = list<Properties>(properties.RedactedFields).map(headerOf);
        return !secretHeaders.every((name) => redacted.includes(name));
      })
      .map(({ id }) => ({ id, location: 'Properties.RedactedFields' })),
};
