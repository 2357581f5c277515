import type { Rule } from './rule.ts';
import { logGroupOf, signerFunctions } from './signer-functions.ts';
import { referencesIn, resourcesOf } from './template.ts';

export const auditLogIsApart: Rule = {
  id: 'AuditLogIsApart',
  description: 'Nothing but the auth function writes into the log group that has the audit events.',
  fix: 'Give every other function, and the access log of the API, a log group of its own.',
  check: (template) => {
    const own = signerFunctions(template);
    const groups = new Set(own.map(logGroupOf).filter((id) => id !== undefined));
    const functions = resourcesOf(template, 'AWS::Lambda::Function')
      .filter(({ id }) => !own.some((signer) => signer.id === id))
      .filter((fn) => groups.has(logGroupOf(fn) ?? ''))
      .map(({ id }) => ({ id, location: 'Properties.LoggingConfig.LogGroup' }));
    const stages = resourcesOf(template, 'AWS::ApiGateway::Stage')
      .filter(({ properties }) => referencesIn(properties.AccessLogSetting).some((id) => groups.has(id)))
      .map(({ id }) => ({ id, location: 'Properties.AccessLogSetting.DestinationArn' }));
    return [...functions, ...stages];
  },
};
