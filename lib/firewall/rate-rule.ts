import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { FirewallAction } from './action.ts';
import type { FirewallMatch } from './match.ts';
import { forwardedIpConfig } from './match-source.ts';
import { RateKey } from './rate-key.ts';
import { requireInteger, requireLength, requireOneOf } from './require.ts';
import { acting, type FirewallRule, requireName } from './rule.ts';

const windows = [60, 120, 300, 600] as const;

export interface RateRuleProps {
  /** 1 to 128 letters, digits, `_` and `-`. */
  readonly name: string;
  /** Any but `allow`. */
  readonly action: FirewallAction;
  /** Requests in the window, from 10. AWS WAF counts approximately and acts some seconds late. */
  readonly limit: number;
  /** Seconds over which it counts: 60, 120, 300 or 600. @default 300 */
  readonly window?: (typeof windows)[number];
  /** What it counts by, in combination; five at most, and none counts all requests together, which needs `scope`. @default - `RateKey.ip()` */
  readonly keys?: readonly RateKey[];
  /** The requests that it counts and acts on. @default - all */
  readonly scope?: FirewallMatch;
  /** Labels for the rules after this one. @default - none */
  readonly labels?: readonly string[];
}

/** Source of the capacities: AWS WAF, "Using rate-based rule statements". */
const capacity = { rule: 2, customKey: 30 };

/** Source: AWS WAF, "AWS WAF quotas". */
export const requireRate = (setting: string, limit: number): number =>
  requireInteger(setting, limit, 10, 2_000_000_000);

/** A rule that acts on requests above a rate. */
export function rateRule(props: RateRuleProps): FirewallRule {
  const { name, action, scope, keys = [RateKey.ip()] } = props;
  requireName(name);
  if (action.action.allow) {
    throw new Error('action: allow is not allowed in a rate rule; allowed are block, count, captcha and challenge');
  }
  const limit = requireRate('limit', props.limit);
  const evaluationWindowSec = requireOneOf('window', props.window ?? 300, windows);
  if (keys.length === 0 && !scope) throw new Error('keys: none is not allowed without scope; give one of them');
  const aggregation = aggregate(keys);
  const rule = acting(props);
  return {
    name,
    kind: 'rate',
    action,
    bind(webAcl) {
      const scoped = scope?.bind(webAcl);
      return {
        rule,
        statement: {
          rateBasedStatement: {
            ...aggregation.statement,
            limit,
            evaluationWindowSec,
            ...(scoped && { scopeDownStatement: scoped.statement }),
          },
        },
        capacity: capacity.rule + aggregation.capacity + (scoped?.capacity ?? 0),
        references: scoped?.references ?? 0,
      };
    },
  };
}

interface Aggregation {
  readonly statement: Pick<
    CfnWebACL.RateBasedStatementProperty,
    'aggregateKeyType' | 'customKeys' | 'forwardedIpConfig'
  >;
  readonly capacity: number;
}

function aggregate(keys: readonly RateKey[]): Aggregation {
  requireLength('keys', keys, 0, 5);
  const [first] = keys;
  if (!first) return { statement: { aggregateKeyType: 'CONSTANT' }, capacity: 0 };
  const headers = new Set(keys.flatMap(({ forwarded }) => (forwarded ? [JSON.stringify(forwarded)] : [])));
  if (headers.size > 1) throw new Error('keys: two forwarded addresses are not allowed; allowed is one');
  const forwarded = forwardedIpConfig(keys.find((key) => key.forwarded)?.forwarded);
  if (keys.length === 1 && first.alone) {
    return { statement: { aggregateKeyType: first.alone, ...forwarded }, capacity: 0 };
  }
  return {
    statement: { aggregateKeyType: 'CUSTOM_KEYS', customKeys: keys.map(({ key }) => key), ...forwarded },
    capacity: keys.reduce((sum, key) => sum + capacity.customKey + key.transformationCapacity, 0),
  };
}
