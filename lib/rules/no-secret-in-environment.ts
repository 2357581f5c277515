import type { Rule } from './rule.ts';
import { resourcesOf, textOf } from './template.ts';

/** Names under which people put secrets; one that ends like a reference to a secret is none. */
const secretName = /(SECRET|PASSWORD|PASSWD|PRIVATE_?KEY|API_?KEY|PEPPER|CREDENTIALS?|TOKEN)S?$/i;
/** CloudFormation puts the value in place of these. */
const resolved = /\{\{resolve:(secretsmanager|ssm-secure):/;

const holdsSecret = ([name, value]: [string, unknown]): boolean => {
  const text = textOf(value);
  return resolved.test(text) || (secretName.test(name) && typeof value === 'string' && text !== '');
};

export const noSecretInEnvironment: Rule = {
  id: 'NoSecretInEnvironment',
  description: 'No function has a secret in its environment, where everybody reads it who may describe functions.',
  fix: 'Give the function the ARN, and let it read the value from Secrets Manager.',
  check: (template) =>
    resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ id, properties }) =>
      Object.entries(properties.Environment?.Variables ?? {})
        .filter(holdsSecret)
        .map(([name]) => ({ id, location: `Properties.Environment.Variables.${name}` })),
    ),
};
