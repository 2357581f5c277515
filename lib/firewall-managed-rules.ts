import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { FirewallRule } from './firewall-rules.ts';

/**
 * Rules of AWS's common group that legitimate requests of an authentication API meet; they count instead of blocking.
 * Bodies carry passwords, which may be any text, and are parsed as JSON only; queries carry redirect targets and OAuth's
 * `code` and `state`; servers and scripts often send no User-Agent.
 */
const countedCommonRules = [
  'CrossSiteScripting_BODY',
  'EC2MetaDataSSRF_BODY',
  'EC2MetaDataSSRF_QUERYARGUMENTS',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'GenericRFI_QUERYARGUMENTS',
  'NoUserAgent_HEADER',
  'SizeRestrictions_BODY',
  'SizeRestrictions_QUERYSTRING',
];

/** AWS's own rule groups, without those that cost extra. Capacities: AWS WAF, "AWS Managed Rules rule groups list". */
export function managedRules(): FirewallRule[] {
  return [
    managed('AWSManagedRulesAmazonIpReputationList', 25),
    managed('AWSManagedRulesKnownBadInputsRuleSet', 200),
    managed('AWSManagedRulesCommonRuleSet', 700, countedCommonRules),
    // Hosting providers are in this list, and so are the servers that call the API: counted, for people to look at.
    { ...managed('AWSManagedRulesAnonymousIpList', 50), overrideAction: { count: {} } },
  ];
}

function managed(name: string, capacity: number, counted: readonly string[] = []): FirewallRule {
  const ruleActionOverrides: CfnWebACL.RuleActionOverrideProperty[] = counted.map((rule) => ({
    name: rule,
    actionToUse: { count: {} },
  }));
  return {
    name,
    capacity,
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name, ruleActionOverrides } },
    overrideAction: { none: {} },
  };
}
