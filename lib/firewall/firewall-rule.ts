import { groupRule } from './group-rule.ts';
import { managedRule } from './managed-rule.ts';
import { accountCreationFraudPrevention, accountTakeoverPrevention, antiDDoS, botControl } from './paid-rules.ts';
import { rateRule } from './rate-rule.ts';
import { matchRule, type FirewallRule as Rule } from './rule.ts';

/** A rule of a firewall; the functions of the same name make them. */
export type FirewallRule = Rule;

/** Makes rules. Their order in `rules` is the order in which AWS WAF asks them. */
export const FirewallRule = {
  match: matchRule,
  rate: rateRule,
  managed: managedRule,
  group: groupRule,
  botControl,
  accountTakeoverPrevention,
  accountCreationFraudPrevention,
  antiDDoS,
};
