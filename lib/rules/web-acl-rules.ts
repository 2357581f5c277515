import { list, type Properties } from './template.ts';

/** The rules of a web ACL, in the order in which AWS WAF asks them. */
export const rulesInOrder = (webAcl: Properties): Properties[] =>
  list<Properties>(webAcl.Rules).sort((one, other) => one.Priority - other.Priority);

export const rateOf = (rule: Properties): Properties | undefined => rule.Statement?.RateBasedStatement;

/** Whether the rule holds up what it matches. */
export const stops = ({ Action = {} }: Properties): boolean =>
  ['Block', 'Captcha', 'Challenge'].some((action) => action in Action);

/** All keys and values of a statement as text: AWS WAF nests without end. */
export const describe = (statement: unknown): string => JSON.stringify(statement ?? {});
