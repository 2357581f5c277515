import { signerStatements } from './statements.ts';
import { type Found, referencesIn, resourcesOf, type Template } from './template.ts';

/** The functions whose role signs, and so write the audit events. */
export const signerFunctions = (template: Template): Found[] => {
  const roles = new Set(signerStatements(template).map(({ roleId }) => roleId));
  return resourcesOf(template, 'AWS::Lambda::Function').filter(({ properties }) =>
    referencesIn(properties.Role).some((id) => roles.has(id)),
  );
};

export const logGroupOf = ({ properties }: Found): string | undefined =>
  referencesIn(properties.LoggingConfig?.LogGroup)[0];
