import type { Template } from 'aws-cdk-lib/assertions';
import type { WafRequest } from './request.ts';
import { matches, type Statement } from './statement.ts';

/** What the rules of a managed group say of a request: each that matches, with the label it gives. */
export type ManagedGroup = (request: WafRequest) => readonly { readonly rule: string; readonly label: string }[];

export interface Verdict {
  readonly action: 'Allow' | 'Block';
  /** The rule that ended it. */
  readonly rule?: string;
  /** The rule in that group. */
  readonly within?: string;
  readonly status?: number;
  readonly labels: ReadonlySet<string>;
}

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Statement: Statement;
  // biome-ignore lint/suspicious/noExplicitAny: plain JSON of a template
  readonly Action?: Record<string, any>;
  readonly OverrideAction?: { readonly Count?: object };
  readonly RuleLabels?: readonly { readonly Name: string }[];
}

/**
 * Answers requests as AWS WAF would with the web ACL of a template, as far as its documentation tells. Rates are counted to the request,
 * where AWS WAF is late and approximate.
 */
export class WebAcl {
  private readonly rules: Rule[];
  private readonly arrivals = new Map<string, number[]>();

  constructor(
    private readonly template: Template,
    private readonly groups: Readonly<Record<string, ManagedGroup>> = {},
    private readonly ownLabels = 'awswaf:111122223333:webacl:Firewall:',
  ) {
    const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL')) as [{ Properties: { Rules: Rule[] } }];
    this.rules = [...acl.Properties.Rules].sort((a, b) => a.Priority - b.Priority);
  }

  /** The same without some rules, to see what they are for. */
  without(...names: readonly string[]): WebAcl {
    const acl = new WebAcl(this.template, this.groups, this.ownLabels);
    for (const name of names) {
      acl.rules.splice(
        acl.rules.findIndex((rule) => rule.Name === name),
        1,
      );
    }
    return acl;
  }

  /** @param at seconds on a clock of the caller */
  evaluate(request: WafRequest, at = 0): Verdict {
    const labels = new Set<string>();
    for (const rule of this.rules) {
      const [kind] = Object.keys(rule.Statement);
      const verdict =
        kind === 'ManagedRuleGroupStatement'
          ? this.askGroup(rule, request, labels)
          : this.asksOwn(rule, request, labels, at);
      if (verdict) return verdict;
    }
    return { action: 'Allow', labels };
  }

  private asksOwn(rule: Rule, request: WafRequest, labels: Set<string>, at: number): Verdict | undefined {
    const { Statement, Action } = rule;
    const hit = Statement.RateBasedStatement
      ? this.exceeds(rule, request, labels, at)
      : matches(Statement, this.circumstances(request, labels));
    if (!hit) return undefined;
    for (const { Name } of rule.RuleLabels ?? []) labels.add(Name).add(this.ownLabels + Name);
    if (Action?.Count) return undefined;
    const status = Action?.Block?.CustomResponse?.ResponseCode ?? 403;
    return Action?.Allow
      ? { action: 'Allow', rule: rule.Name, labels }
      : { action: 'Block', rule: rule.Name, status, labels };
  }

  private askGroup(rule: Rule, request: WafRequest, labels: Set<string>): Verdict | undefined {
    const { Name, RuleActionOverrides = [] } = rule.Statement.ManagedRuleGroupStatement;
    for (const match of this.groups[Name]?.(request) ?? []) {
      labels.add(match.label);
      const override = RuleActionOverrides.find((candidate: { Name: string }) => candidate.Name === match.rule);
      if (rule.OverrideAction?.Count || override?.ActionToUse.Count) continue;
      return { action: 'Block', rule: rule.Name, within: match.rule, status: 403, labels };
    }
    return undefined;
  }

  private exceeds({ Name, Statement }: Rule, request: WafRequest, labels: Set<string>, at: number): boolean {
    const { ScopeDownStatement, EvaluationWindowSec, Limit } = Statement.RateBasedStatement;
    if (ScopeDownStatement && !matches(ScopeDownStatement, this.circumstances(request, labels))) return false;
    const key = aggregationKey(Statement.RateBasedStatement, request);
    if (key === undefined) return false;
    const counter = `${Name} ${key}`;
    const recent = this.arrivals.get(counter) ?? [];
    while (recent[0]! <= at - EvaluationWindowSec) recent.shift();
    this.arrivals.set(counter, recent);
    recent.push(at);
    return recent.length > Limit;
  }

  private circumstances(request: WafRequest, labels: ReadonlySet<string>) {
    return { request, labels, ipSet: (arn: unknown) => this.addresses(arn) };
  }

  private addresses(arn: unknown): readonly string[] {
    const id = (arn as { 'Fn::GetAtt'?: [string, string] })['Fn::GetAtt']?.[0];
    const set = id && this.template.findResources('AWS::WAFv2::IPSet')[id];
    if (!set) throw new Error(`no IP set of the template is ${JSON.stringify(arn)}`);
    return (set as { Properties: { Addresses: string[] } }).Properties.Addresses;
  }
}

/** Undefined when the request lacks a key, and so is not counted. */
function aggregationKey({ AggregateKeyType, CustomKeys }: Statement, request: WafRequest): string | undefined {
  if (AggregateKeyType === 'IP') return request.ip ?? '';
  if (AggregateKeyType !== 'CUSTOM_KEYS') throw new Error(`the evaluator does not know ${AggregateKeyType}`);
  const values = (CustomKeys as Statement[]).map((custom) => {
    if (custom.IP) return request.ip ?? '';
    if (custom.JA4Fingerprint)
      return request.ja4 ?? (custom.JA4Fingerprint.FallbackBehavior === 'MATCH' ? '' : undefined);
    throw new Error(`the evaluator does not know ${Object.keys(custom)[0]}`);
  });
  return values.includes(undefined) ? undefined : values.join(' ');
}
