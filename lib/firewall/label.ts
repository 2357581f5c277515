import { type FirewallMatch, plainMatch } from './match.ts';
import { requirePattern } from './require.ts';

const name = /^[\w-]+(:[\w-]+)*$/;

/** A label as a rule emits it: names with colons between. */
export const requireLabel = (setting: string, label: string): string => {
  const allowed = "are names of letters, digits, '_' and '-' with colons between, 1024 characters at most";
  return requirePattern(setting, label.slice(0, 1025), new RegExp(`(?=^.{1,1024}$)${name.source}`), allowed);
};

/** Source: AWS WAF, "Label syntax and naming requirements". */
const reserved = ['awswaf', 'aws', 'waf', 'rulegroup', 'webacl', 'regexpatternset', 'ipset', 'managed'];

/** A label of a rule of yours, without the beginning that AWS WAF gives it. */
export const requireOwnLabel = (setting: string, label: string): string => {
  const own = new RegExp(`^(?!(.*:)?(${reserved.join('|')})(:|$))[\\w-]{1,128}(:[\\w-]{1,128}){0,5}$`);
  const allowed = `are one to six names of 128 letters, digits, '_' and '-' with colons between, none of them '${reserved.join("', '")}'`;
  return requirePattern(setting, label, own, allowed);
};

/** A rule before this one gave the request the label: one of this firewall by its name, one of a managed group by its full name. */
export const label = (key: string): FirewallMatch =>
  plainMatch({ labelMatchStatement: { scope: 'LABEL', key: requireLabel('label', key) } }, 1);

/** A rule before this one gave the request a label of the namespace, such as `awswaf:managed:aws:anonymous-ip-list:`. */
export function labelNamespace(namespace: string): FirewallMatch {
  const allowed = "end with a colon, such as 'awswaf:managed:aws:anonymous-ip-list:'";
  requirePattern('labelNamespace', namespace, /^[\w-]+(:[\w-]+)*:$/, allowed);
  return plainMatch({ labelMatchStatement: { scope: 'NAMESPACE', key: namespace } }, 1);
}
