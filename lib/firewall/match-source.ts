import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { networksByVersion } from '../networks.ts';
import { type FirewallIpSet, type IpSetArns, ipSets } from './ip-set.ts';
import { type BoundMatch, type FirewallMatch, plainMatch } from './match.ts';
import type { Fallback } from './request-part.ts';
import { requireInteger, requireLength, requirePattern } from './require.ts';

/**
 * A header that names the client's address, in place of the connection's. Whoever can reach the resource past the proxy that writes
 * this header can write it too: lock the resource to the proxy first.
 */
export interface ForwardedAddress {
  /** 'X-Forwarded-For' */
  readonly header: string;
  /** What happens to a request whose header holds no address. */
  readonly fallback: Fallback;
}

export interface ForwardedIpSetAddress extends ForwardedAddress {
  /** Which of the addresses in the header counts; `ANY` looks at ten at most. */
  readonly position: 'FIRST' | 'LAST' | 'ANY';
}

export const forwardedIpConfig = (forwarded: ForwardedAddress | undefined) =>
  forwarded && {
    forwardedIpConfig: {
      headerName: requirePattern('header', forwarded.header, /^[\w-]{1,255}$/, 'are names of headers'),
      fallbackBehavior: forwarded.fallback,
    },
  };

/**
 * The address is in the networks. The firewall gets two IP sets, `${id}Ipv4` and `${id}Ipv6`, which operators may edit; a deployment
 * writes a set only when its networks here have changed.
 */
export function networks(id: string, list: readonly string[] = [], forwarded?: ForwardedIpSetAddress): FirewallMatch {
  requirePattern('id', id, /^[A-Za-z][A-Za-z0-9]{0,63}$/, 'are letters and digits, beginning with a letter');
  networksByVersion(id, list);
  const made = new WeakMap<Construct, IpSetArns>();
  return {
    bind({ construct, scope }) {
      const arns = made.get(construct) ?? ipSets(construct, id, id, { networks: list, scope });
      made.set(construct, arns);
      return inSets(arns, forwarded);
    },
  };
}

/** The address is in IP sets that exist: those of a `FirewallIpSet`, or of which no deployment knows the content. */
export function ipSet(sets: FirewallIpSet | IpSetArns, forwarded?: ForwardedIpSetAddress): FirewallMatch {
  const arns = sets instanceof Construct ? sets.arns : sets;
  if (!arns.ipv4 && !arns.ipv6) throw new Error('sets: no ARN is not allowed; allowed are ipv4, ipv6 or both');
  return { bind: () => inSets(arns, forwarded) };
}

/** Capacity: AWS WAF, "IP set match rule statement". */
function inSets({ ipv4, ipv6 }: IpSetArns, forwarded?: ForwardedIpSetAddress): BoundMatch {
  const statements = [ipv4, ipv6].flatMap((arn): CfnWebACL.StatementProperty[] =>
    arn === undefined
      ? []
      : [
          {
            ipSetReferenceStatement: {
              arn,
              ...(forwarded && {
                ipSetForwardedIpConfig: {
                  ...forwardedIpConfig(forwarded)!.forwardedIpConfig,
                  position: forwarded.position,
                },
              }),
            },
          },
        ],
  );
  const [only] = statements;
  return {
    statement: only && statements.length === 1 ? only : { orStatement: { statements } },
    capacity: statements.length * (forwarded?.position === 'ANY' ? 5 : 1),
    references: statements.length,
  };
}

/** The address is in one of the countries, by ISO 3166-1 alpha-2 code. AWS WAF labels every request that it looks up this way. */
export const countries = (codes: readonly string[], forwarded?: ForwardedAddress): FirewallMatch =>
  plainMatch(
    { geoMatchStatement: { countryCodes: [...requireCountries('countries', codes)], ...forwardedIpConfig(forwarded) } },
    1,
  );

/** The address belongs to one of the autonomous systems; 0 are those that AWS WAF cannot tell. */
export const asns = (numbers: readonly number[], forwarded?: ForwardedAddress): FirewallMatch =>
  plainMatch({ asnMatchStatement: { asnList: [...requireAsns('asns', numbers)], ...forwardedIpConfig(forwarded) } }, 1);

export function requireCountries(setting: string, codes: readonly string[]): readonly string[] {
  requireLength(setting, codes, 1, 50);
  for (const code of codes) requirePattern(setting, code, /^[A-Z]{2}$/, "are codes of two capitals, such as 'DE'");
  return codes;
}

export function requireAsns(setting: string, numbers: readonly number[]): readonly number[] {
  requireLength(setting, numbers, 1, 100);
  for (const number of numbers) requireInteger(setting, number, 0, 4_294_967_295);
  return numbers;
}
