import type { Rule } from './rule.ts';
import { signingKeysOf } from './signing-keys.ts';
import { denies, type Statement, statementsOf } from './statements.ts';
import { list, textOf } from './template.ts';

/** One statement without further conditions, since those of one statement are a conjunction and would let more sign. */
const deniesAllButOne = (statement: Statement): boolean => {
  const [[operator, values = {}] = [''], ...others] = Object.entries(statement.conditions);
  const signers = list(values['aws:PrincipalArn']).map(textOf);
  return (
    denies(statement, 'kms:Sign') &&
    others.length === 0 &&
    Object.keys(values).length === 1 &&
    /^(Arn|String)Not(Equals|Like)$/.test(operator) &&
    signers.length === 1 &&
    !/[*?]/.test(signers[0]!)
  );
};

export const signingKeyHasOneSigner: Rule = {
  id: 'SigningKeyHasOneSigner',
  description: 'The policy of a signing key denies kms:Sign to every principal but one, which it names in full.',
  fix: "Deny 'kms:Sign' with the single condition ArnNotEquals on 'aws:PrincipalArn'.",
  check: (template) =>
    signingKeysOf(template)
      .filter(({ properties }) => !statementsOf(properties.KeyPolicy).some(deniesAllButOne))
      .map(({ id }) => ({ id, location: 'Properties.KeyPolicy' })),
};
