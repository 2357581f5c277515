import type { Rule } from './rule.ts';
import { names, signerStatements } from './statements.ts';

const actions = ['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy', 'kms:CreateGrant'];

export const signerCannotStopKeys: Rule = {
  id: 'SignerCannotStopKeys',
  description: 'A role that signs may not delete or disable keys, change their policies or pass their use on.',
  fix: `Allow the role none of '${actions.join("', '")}', and no wildcard that covers them.`,
  check: (template) =>
    signerStatements(template)
      .filter(({ statements }) =>
        statements.some(
          (statement) => statement.effect === 'Allow' && actions.some((action) => names(statement, action)),
        ),
      )
      .map(({ source, location }) => ({ id: source.id, location })),
};
