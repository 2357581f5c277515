import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { FirewallAction } from './action.ts';
import { requireOwnLabel } from './label.ts';
import type { BoundMatch, FirewallMatch, WebAcl } from './match.ts';
import { requirePattern } from './require.ts';

/** A rule, before a web ACL gives it a place in its order; `FirewallRule` has functions that make them. */
export interface FirewallRule {
  /** Also the name of its metric. */
  readonly name: string;
  /** The kind of its statement, of which a web ACL takes only so many. */
  readonly kind: 'match' | 'rate' | 'managed' | 'group';
  /** What rules answer with in its name. */
  readonly action?: FirewallAction;
  /** The rules of a group that shall act otherwise than the group says. */
  readonly overrides?: Readonly<Record<string, FirewallAction>>;
  bind(webAcl: WebAcl): BoundRule;
}

/** A rule as one web ACL needs it. */
export interface BoundRule extends BoundMatch {
  readonly rule: Pick<
    CfnWebACL.RuleProperty,
    'action' | 'overrideAction' | 'ruleLabels' | 'captchaConfig' | 'challengeConfig'
  >;
}

/** What rules of a group do instead. Bodies are the web ACL's and immunities the rule's own, so a group takes neither. */
export function actionOverrides(
  overrides: Readonly<Record<string, FirewallAction>>,
): CfnWebACL.RuleActionOverrideProperty[] {
  return Object.entries(overrides).map(([name, { action, body, immunitySeconds }]) => {
    if (body) throw new Error(`overrides.${name}: a body is not allowed; allowed is an action without`);
    if (immunitySeconds) throw new Error(`overrides.${name}: an immunity is not allowed; allowed is an action without`);
    return { name: requirePattern('overrides', name, /^[\w-]{1,128}$/, 'are names of rules'), actionToUse: action };
  });
}

interface ActingProps {
  /** 1 to 128 letters, digits, `_` and `-`. */
  readonly name: string;
  readonly action: FirewallAction;
  /** Labels for the rules after this one. A rule that ends the request labels its line in the log. @default - none */
  readonly labels?: readonly string[];
}

export interface MatchRuleProps extends ActingProps {
  readonly match: FirewallMatch;
}

export function requireName(name: string): string {
  const allowed = "are 1 to 128 letters, digits, '_' and '-', but not 'All' and 'Default_Action', which are AWS WAF's";
  return requirePattern('name', name, /^(?!(all|default_action)$)[\w-]{1,128}$/i, allowed);
}

/** The parts that rules with an action have in common. */
export function acting({ action, labels = [] }: ActingProps): BoundRule['rule'] {
  const immunity = action.immunitySeconds && {
    immunityTimeProperty: { immunityTime: action.immunitySeconds },
  };
  return {
    action: action.action,
    ...(labels.length > 0 && { ruleLabels: labels.map((name) => ({ name: requireOwnLabel('labels', name) })) }),
    ...(immunity && { [action.action.captcha ? 'captchaConfig' : 'challengeConfig']: immunity }),
  };
}

/** A rule that acts on every request that matches. */
export function matchRule(props: MatchRuleProps): FirewallRule {
  const rule = acting(props);
  return {
    name: requireName(props.name),
    kind: 'match',
    action: props.action,
    bind: (webAcl) => ({ ...props.match.bind(webAcl), rule }),
  };
}
