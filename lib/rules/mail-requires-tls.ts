import type { Rule } from './rule.ts';
import { resourcesOf } from './template.ts';

export const mailRequiresTls: Rule = {
  id: 'MailRequiresTls',
  description: 'Mail goes out over TLS or not at all.',
  fix: "Set DeliveryOptions.TlsPolicy to 'REQUIRE'.",
  check: (template) =>
    resourcesOf(template, 'AWS::SES::ConfigurationSet')
      .filter(({ properties }) => properties.DeliveryOptions?.TlsPolicy !== 'REQUIRE')
      .map(({ id }) => ({ id, location: 'Properties.DeliveryOptions.TlsPolicy' })),
};
