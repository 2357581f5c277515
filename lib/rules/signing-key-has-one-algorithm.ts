import type { Rule } from './rule.ts';
import { signingKeysOf } from './signing-keys.ts';
import { denies, statementsOf } from './statements.ts';
import { list, type Properties } from './template.ts';

const keys = ['kms:SigningAlgorithm', 'kms:MessageType'];

/** Whether signing is denied with every value but one of a condition key. */
const fixes = (key: string, policy: Properties | undefined): boolean =>
  statementsOf(policy).some(
    (statement) =>
      denies(statement, 'kms:Sign') &&
      Object.keys(statement.conditions).join() === 'StringNotEquals' &&
      Object.keys(statement.conditions.StringNotEquals!).join() === key &&
      list(statement.conditions.StringNotEquals![key]).length === 1,
  );

export const signingKeyHasOneAlgorithm: Rule = {
  id: 'SigningKeyHasOneAlgorithm',
  description: 'The policy of a signing key denies kms:Sign with any other algorithm or message type than its own.',
  fix: `Deny 'kms:Sign' with StringNotEquals on '${keys.join("', and in another statement on '")}'.`,
  check: (template) =>
    signingKeysOf(template)
      .filter(({ properties }) => !keys.every((key) => fixes(key, properties.KeyPolicy)))
      .map(({ id }) => ({ id, location: 'Properties.KeyPolicy' })),
};
