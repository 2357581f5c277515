import type { Rule } from './rule.ts';
import { names, signerStatements } from './statements.ts';

export const signerCannotScan: Rule = {
  id: 'SignerCannotScan',
  description: 'The role of the auth function may not scan a table: no request can read all users.',
  fix: "Allow neither 'dynamodb:Scan' nor a wildcard that covers it; grants of aws-cdk-lib do both.",
  check: (template) =>
    signerStatements(template)
      .filter(({ statements }) =>
        statements.some((statement) => statement.effect === 'Allow' && names(statement, 'dynamodb:Scan')),
      )
      .map(({ source, location }) => ({ id: source.id, location })),
};
