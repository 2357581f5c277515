import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { FirewallAction } from './action.ts';
import type { FirewallMatch } from './match.ts';
import { requireKnownInteger, requirePattern } from './require.ts';
import { actionOverrides, type FirewallRule, requireName } from './rule.ts';

/** What AWS's own groups need. Source: AWS WAF, "AWS Managed Rules rule groups list". */
export const managedCapacity = {
  AWSManagedRulesAdminProtectionRuleSet: 100,
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesLinuxRuleSet: 200,
  AWSManagedRulesPHPRuleSet: 100,
  AWSManagedRulesSQLiRuleSet: 200,
  AWSManagedRulesUnixRuleSet: 100,
  AWSManagedRulesWindowsRuleSet: 200,
  AWSManagedRulesWordPressRuleSet: 100,
} as const;

export type FreeManagedGroup = keyof typeof managedCapacity;

export interface ManagedRuleProps {
  /** The group, such as 'AWSManagedRulesCommonRuleSet'. */
  readonly group: string;
  /** Who sells it. @default 'AWS' */
  readonly vendor?: string;
  /** What it needs, as `aws wafv2 describe-managed-rule-group` says. @default - known for AWS's own groups */
  readonly capacity?: number;
  /** The name of the rule. @default - that of the group */
  readonly name?: string;
  /** Pins a version, which expires. @default - the vendor's default version */
  readonly version?: string;
  /** Other actions for single rules of the group, by their names. @default - none */
  readonly overrides?: Readonly<Record<string, FirewallAction>>;
  /** Count what the group would block, and leave its labels to the rules after it. @default false */
  readonly countOnly?: boolean;
  /** The requests that it looks at. @default - all */
  readonly scope?: FirewallMatch;
}

/** A group of rules that AWS or a vendor keeps. Groups that cost extra have functions of their own. */
export function managedRule(props: ManagedRuleProps): FirewallRule {
  if (props.group in paidGroups) {
    throw new Error(`group: '${props.group}' costs extra; ask for it with FirewallRule.${paidGroups[props.group]}`);
  }
  return managedGroup(props, props.capacity ?? knownCapacity(props));
}

/** Groups with a fee by request, and the function that makes each. */
const paidGroups: Readonly<Record<string, string>> = {
  AWSManagedRulesACFPRuleSet: 'accountCreationFraudPrevention',
  AWSManagedRulesAntiDDoSRuleSet: 'antiDDoS',
  AWSManagedRulesATPRuleSet: 'accountTakeoverPrevention',
  AWSManagedRulesBotControlRuleSet: 'botControl',
};

function knownCapacity({ group, vendor = 'AWS' }: ManagedRuleProps): number {
  const known = vendor === 'AWS' && (managedCapacity as Readonly<Record<string, number>>)[group];
  if (known) return known;
  throw new Error(`capacity: is missing for '${group}'; known are those of ${Object.keys(managedCapacity).join(', ')}`);
}

/** The same for any group, with its settings. */
export function managedGroup(
  props: ManagedRuleProps,
  capacity: number,
  managedRuleGroupConfigs?: CfnWebACL.ManagedRuleGroupConfigProperty[],
): FirewallRule {
  const { group, vendor = 'AWS', overrides = {}, countOnly = false, version, scope } = props;
  requirePattern('group', group, /^[\w-]{1,128}$/, "are 1 to 128 letters, digits, '_' and '-'");
  requireKnownInteger('capacity', capacity, 1, 5000);
  const ruleActionOverrides = actionOverrides(overrides);
  return {
    name: requireName(props.name ?? group),
    kind: 'managed',
    overrides,
    bind(webAcl) {
      const scoped = scope?.bind(webAcl);
      return {
        rule: { overrideAction: countOnly ? { count: {} } : { none: {} } },
        statement: {
          managedRuleGroupStatement: {
            vendorName: vendor,
            name: group,
            ruleActionOverrides,
            version,
            managedRuleGroupConfigs,
            ...(scoped && { scopeDownStatement: scoped.statement }),
          },
        },
        capacity: capacity + (scoped?.capacity ?? 0),
        references: 1 + (scoped?.references ?? 0),
      };
    },
  };
}
