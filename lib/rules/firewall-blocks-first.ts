import { authWebAclsOf } from './auth-apis.ts';
import type { Rule } from './rule.ts';
import { list, type Properties } from './template.ts';
import { describe, rulesInOrder, stops } from './web-acl-rules.ts';

/** Whether a statement holds for every request from an IP set, whatever else the request is. */
const isSets = (statement: Properties = {}): boolean =>
  'IPSetReferenceStatement' in statement || list<Properties>(statement.OrStatement?.Statements).some(isSets);

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
      const blocked = rules.findIndex((rule) => stops(rule) && isSets(rule.Statement));
      const lastRate = rules.findLastIndex(({ Statement }) => Statement?.RateBasedStatement);
      const allowed = rules.findIndex(({ Action = {} }) => 'Allow' in Action);
      const late = managed >= 0 && (blocked < 0 || blocked > managed);
      const bypassed = allowed >= 0 && allowed < lastRate;
      return late || bypassed ? [{ id, location: 'Properties.Rules' }] : [];
    }),
};
