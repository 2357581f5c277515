import { authWebAclsOf } from './auth-apis.ts';
import type { Rule } from './rule.ts';
import type { Properties } from './template.ts';
import { describe, positive, rateOf, rulesInOrder, stops } from './web-acl-rules.ts';

const paths = ['sign-in', 'sign-up', 'reset-password'];

/** Requests in five minutes, since rules may count over other times. */
const rate = ({ Limit, EvaluationWindowSec = 300 }: Properties): number => (Limit * 300) / EvaluationWindowSec;

/** Whether every path of credentials has a limit that is lower than the one on everything, if there is one. */
function limitsCredentials(webAcl: Properties): boolean {
  const limits = rulesInOrder(webAcl)
    .filter(stops)
    .map(rateOf)
    .filter((statement) => statement !== undefined);
  const scoped = (path: string) =>
    limits.filter(({ ScopeDownStatement }) => describe(positive(ScopeDownStatement)).includes(path));
  const global = limits.filter((limit) => !paths.some((path) => scoped(path).includes(limit)));
  const ceiling = Math.min(...global.map(rate));
  return global.length > 0 && paths.every((path) => scoped(path).some((limit) => rate(limit) < ceiling));
}

export const firewallLimitsCredentials: Rule = {
  id: 'FirewallLimitsCredentials',
  description:
    'The web ACL before the auth API limits requests by rate, and sign-in, sign-up and password reset to a lower one.',
  fix: `Add rate-based rules that block: one on everything, and a lower one with a scope-down on '${paths.join("', '")}'.`,
  check: (template) =>
    authWebAclsOf(template)
      .filter(({ properties }) => !limitsCredentials(properties))
      .map(({ id }) => ({ id, location: 'Properties.Rules' })),
};
