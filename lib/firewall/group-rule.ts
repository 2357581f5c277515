import type { FirewallAction } from './action.ts';
import { requireKnownInteger, requirePattern } from './require.ts';
import { actionOverrides, type FirewallRule, requireName } from './rule.ts';

export interface GroupRuleProps {
  readonly name: string;
  /** The ARN of a rule group of yours. */
  readonly arn: string;
  /** What it was made with. */
  readonly capacity: number;
  /** Other actions for single rules of the group, by their names. @default - none */
  readonly overrides?: Readonly<Record<string, FirewallAction>>;
  /** Count what the group would block. @default false */
  readonly countOnly?: boolean;
}

/** A rule group of yours, such as one that a platform team keeps. */
export function groupRule({ name, arn, capacity, overrides = {}, countOnly = false }: GroupRuleProps): FirewallRule {
  requirePattern('arn', arn, /^arn:[a-z-]+:wafv2:/, 'are ARNs of rule groups of AWS WAF');
  requireKnownInteger('capacity', capacity, 1, 5000);
  const ruleActionOverrides = actionOverrides(overrides);
  return {
    name: requireName(name),
    kind: 'group',
    overrides,
    bind: () => ({
      rule: { overrideAction: countOnly ? { count: {} } : { none: {} } },
      statement: {
        ruleGroupReferenceStatement: { arn, ruleActionOverrides },
      },
      capacity,
      references: 1,
    }),
  };
}
