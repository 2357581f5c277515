import { Template } from 'aws-cdk-lib/assertions';
import { Firewall, type FirewallProps, FirewallRules, type GatehouseRulesProps } from '../../../lib/index.ts';
import { commonRuleSet } from '../../support/waf/common-rule-set.ts';
import { WebAcl } from '../../support/waf/web-acl.ts';
import { resourceOf, testStack } from '../support.ts';

export function synthesize(props: FirewallProps = {}) {
  const stack = testStack();
  const firewall = new Firewall(stack, 'Firewall', props);
  const template = Template.fromStack(stack);
  return { stack, firewall, template, webAcl: resourceOf(template, 'AWS::WAFv2::WebACL').Properties };
}

/** Gatehouse's own rules, ready to be asked. */
export function ownRules(props: GatehouseRulesProps = {}): WebAcl {
  const { template } = synthesize({ rules: FirewallRules.gatehouse(props) });
  return new WebAcl(template, { AWSManagedRulesCommonRuleSet: commonRuleSet });
}
