import { isIP } from 'node:net';
import { Token } from 'aws-cdk-lib';

export interface Networks {
  readonly ipv4: string[];
  readonly ipv6: string[];
}

/** What is wrong with a network in CIDR notation; `undefined` when nothing is. */
export function networkProblem(network: string): string | undefined {
  if (Token.isUnresolved(network)) return undefined;
  const [address = '', prefix = '', ...rest] = network.split('/');
  const version = isIP(address);
  const bits = Number(prefix);
  const fits = /^\d{1,3}$/.test(prefix) && bits >= 1 && bits <= (version === 6 ? 128 : 32);
  if (version !== 0 && fits && rest.length === 0) return undefined;
  return `network '${network}' is not allowed; allowed is CIDR notation such as '192.0.2.0/24' or '2001:db8::/32', never '/0'`;
}

/** Splits networks by IP version, as WAF wants them. Tokens count as IPv4. */
export function networksByVersion(setting: string, networks: readonly string[]): Networks {
  const problems = networks.map(networkProblem).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new Error(`${setting}: ${problems.join('; ')}`);
  const isIpv6 = (network: string) => !Token.isUnresolved(network) && network.includes(':');
  return { ipv4: networks.filter((network) => !isIpv6(network)), ipv6: networks.filter(isIpv6) };
}
