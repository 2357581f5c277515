import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { WebAcl } from './match.ts';
import { requireKnownInteger } from './require.ts';
import type { BoundRule, FirewallRule } from './rule.ts';

/** What AWS WAF takes in a web ACL, and does not raise. Source: AWS WAF, "AWS WAF quotas". */
const quotas = { rateRules: 10, references: 50, capacity: 5000 };

/** Source: AWS WAF, "AWS WAF rules that add labels". */
const labelsPerUnit = 5;

export interface OrderedRules {
  readonly rules: CfnWebACL.RuleProperty[];
  readonly capacity: number;
}

export interface OrderProps {
  readonly rules: readonly FirewallRule[];
  readonly maxCapacity: number;
  readonly allowBeforeBlock: boolean;
  readonly visibility: (metricName: string) => CfnWebACL.VisibilityConfigProperty;
}

/** Gives each rule its place, which is that in the list, and throws what AWS WAF would refuse or what would open a hole. */
export function inOrder(
  webAcl: WebAcl,
  { rules, maxCapacity, allowBeforeBlock, visibility }: OrderProps,
): OrderedRules {
  requireKnownInteger('maxCapacity', maxCapacity, 1, quotas.capacity);
  requireUniqueNames(rules);
  if (!allowBeforeBlock) refuseEarlyAllow(rules);
  const rateRules = rules.filter(({ kind }) => kind === 'rate').length;
  if (rateRules > quotas.rateRules) {
    throw new Error(`rules: ${rateRules} rate rules are not allowed; allowed are ${quotas.rateRules}`);
  }
  const bound = rules.map((rule) => [rule, rule.bind(webAcl)] as const);
  const sum = (count: (rule: BoundRule) => number) => bound.reduce((total, [, rule]) => total + count(rule), 0);
  const references = sum((rule) => rule.references);
  if (references > quotas.references) {
    throw new Error(
      `rules: ${references} references to sets and groups are not allowed; allowed are ${quotas.references}`,
    );
  }
  const labels = sum(({ rule }) => (rule.ruleLabels as readonly unknown[] | undefined)?.length ?? 0);
  const capacity = sum((rule) => rule.capacity) + Math.ceil(labels / labelsPerUnit);
  if (capacity >= maxCapacity) {
    const parts = bound.map(([{ name }, rule]) => `${name} ${rule.capacity}`).join(', ');
    throw new Error(
      `rules: ${capacity} capacity units are not allowed; allowed are fewer than ${maxCapacity}: ${parts}`,
    );
  }
  return {
    capacity,
    rules: bound.map(([{ name }, { statement, rule }], priority) => ({
      name,
      priority,
      statement,
      ...rule,
      visibilityConfig: visibility(name),
    })),
  };
}

function requireUniqueNames(rules: readonly FirewallRule[]): void {
  const names = rules.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`rules: the name '${twice}' stands twice; allowed is once`);
}

/** What one rule allows, those after it never see. */
function refuseEarlyAllow(rules: readonly FirewallRule[]): void {
  const blocks = ({ kind, action }: FirewallRule) => kind === 'managed' || kind === 'group' || action?.action.block;
  const allows = ({ action, overrides = {} }: FirewallRule) =>
    [action, ...Object.values(overrides)].some((one) => one?.action.allow);
  const allow = rules.findIndex(allows);
  const skipped = rules.slice(allow + 1).find(blocks);
  if (allow >= 0 && skipped) {
    throw new Error(
      `rules: '${rules[allow]!.name}' allows before '${skipped.name}' can block; put it after, or use count with a label, or set allowBeforeBlock`,
    );
  }
}
