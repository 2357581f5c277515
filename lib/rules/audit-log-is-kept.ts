import type { Rule } from './rule.ts';
import { logGroupOf, signerFunctions } from './signer-functions.ts';
import { isRetained, resourcesOf } from './template.ts';

export const auditLogIsKept: Rule = {
  id: 'AuditLogIsKept',
  description:
    'The log group of the auth function, which has the audit events, is encrypted with a key of yours, has a retention and outlives the stack.',
  fix: "Set KmsKeyId, RetentionInDays, and DeletionPolicy and UpdateReplacePolicy 'Retain'.",
  check: (template) => {
    const functions = signerFunctions(template);
    const groups = new Set(functions.map(logGroupOf));
    // Lambda would make a group by itself. One that the template only names is somebody else's to keep.
    const without = functions
      .filter(({ properties }) => properties.LoggingConfig?.LogGroup === undefined)
      .map(({ id }) => ({ id, location: 'Properties.LoggingConfig.LogGroup' }));
    const lacking = resourcesOf(template, 'AWS::Logs::LogGroup')
      .filter(({ id }) => groups.has(id))
      .flatMap(({ id, resource, properties }) => [
        ...(isRetained(resource) ? [] : [{ id, location: 'DeletionPolicy' }]),
        ...['KmsKeyId', 'RetentionInDays']
          .filter((name) => properties[name] === undefined)
          .map((name) => ({ id, location: `Properties.${name}` })),
      ]);
    return [...without, ...lacking];
  },
};
