import { list, type Properties } from './template.ts';

/** The rules of a web ACL, in the order in which AWS WAF asks them. */
export const rulesInOrder = (webAcl: Properties): Properties[] =>
  list<Properties>(webAcl.Rules).sort((one, other) => one.Priority - other.Priority);

export const rateOf = (rule: Properties): Properties | undefined => rule.Statement?.RateBasedStatement;

/** Whether the rule holds up what it matches. */
export const stops = ({ Action = {} }: Properties): boolean =>
  ['Block', 'Captcha', 'Challenge'].some((action) => action in Action);

/** The conditions of a statement that have to hold: what stands below a NOT is left out. */
export const positive = (statement: unknown): unknown => {
  if (Array.isArray(statement)) return statement.map(positive);
  if (typeof statement !== 'object' || statement === null) return statement;
  const kept = Object.entries(statement).filter(([name]) => name !== 'NotStatement');
  return Object.fromEntries(kept.map(([name, inner]) => [name, positive(inner)]));
};

/** All keys and values of a statement as text: AWS WAF nests without end. */
export const describe = (statement: unknown): string => JSON.stringify(statement ?? {});
