import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { BoundMatch, FirewallMatch } from './match.ts';

function combined(
  setting: string,
  matches: readonly FirewallMatch[],
  combine: (statements: CfnWebACL.StatementProperty[]) => CfnWebACL.StatementProperty,
): FirewallMatch {
  if (matches.length === 0) throw new Error(`${setting}: no match is not allowed; allowed are one and more`);
  return {
    bind(webAcl): BoundMatch {
      const bound = matches.map((match) => match.bind(webAcl));
      const [only] = bound;
      if (only && bound.length === 1) return only;
      return {
        statement: combine(bound.map(({ statement }) => statement)),
        capacity: bound.reduce((sum, { capacity }) => sum + capacity, 0),
        references: bound.reduce((sum, { references }) => sum + references, 0),
      };
    },
  };
}

/** All of the matches hold. */
export const and = (...matches: FirewallMatch[]): FirewallMatch =>
  combined('and', matches, (statements) => ({ andStatement: { statements } }));

/** One of the matches holds. */
export const or = (...matches: FirewallMatch[]): FirewallMatch =>
  combined('or', matches, (statements) => ({ orStatement: { statements } }));

/** The match does not hold. */
export const not = (match: FirewallMatch): FirewallMatch => ({
  bind(webAcl) {
    const bound = match.bind(webAcl);
    return { ...bound, statement: { notStatement: { statement: bound.statement } } };
  },
});
