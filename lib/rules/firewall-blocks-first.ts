import { authWebAclsOf } from './auth-apis.ts';
import type { Rule } from './rule.ts';
import { describe, rulesInOrder, stops } from './web-acl-rules.ts';

export const firewallBlocksFirst: Rule = {
  id: 'FirewallBlocksFirst',
  description:
    'In the web ACL before the auth API, blocked networks come before managed rules, and no rule lets anybody past the rate rules.',
  fix: 'Put the rule on blocked IP sets first. Instead of an allow, label what you trust and leave it out of single rules by scope-down.',
  check: (template) =>
    authWebAclsOf(template).flatMap(({ id, properties }) => {
      const rules = rulesInOrder(properties);
      const indexOf = (text: string, from = rules) =>
        from.findIndex(({ Statement }) => describe(Statement).includes(text));
      const managed = indexOf('"ManagedRuleGroupStatement"');
      const blocked = rules.findIndex(
        (rule) => stops(rule) && describe(rule.Statement).includes('"IPSetReferenceStatement"'),
      );
      const lastRate = rules.findLastIndex(({ Statement }) => Statement?.RateBasedStatement);
      const allowed = rules.findIndex(({ Action = {} }) => 'Allow' in Action);
      const late = managed >= 0 && (blocked < 0 || blocked > managed);
      const bypassed = allowed >= 0 && allowed < lastRate;
      return late || bypassed ? [{ id, location: 'Properties.Rules' }] : [];
    }),
};
