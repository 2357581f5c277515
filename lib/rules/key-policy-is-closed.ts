import type { Rule } from './rule.ts';
import { isEverybody, type Statement, statementsOf } from './statements.ts';
import { resourcesOf } from './template.ts';

const opens = ({ effect, principal, conditions, inverted }: Statement): boolean =>
  effect === 'Allow' && (inverted || (isEverybody(principal) && Object.keys(conditions).length === 0));

export const keyPolicyIsClosed: Rule = {
  id: 'KeyPolicyIsClosed',
  description: 'No KMS key policy allows anything to everybody, or to all but some.',
  fix: 'Name principals, or add a condition on the account or the calling service.',
  check: (template) =>
    resourcesOf(template, 'AWS::KMS::Key')
      .filter(({ properties }) => statementsOf(properties.KeyPolicy).some(opens))
      .map(({ id }) => ({ id, location: 'Properties.KeyPolicy' })),
};
