import { Token } from 'aws-cdk-lib';
import { networkProblem as literalProblem } from '../contract/networks.ts';

export interface Networks {
  readonly ipv4: string[];
  readonly ipv6: string[];
}

/** What is wrong with a network in CIDR notation; `undefined` when nothing is. */
export const networkProblem = (network: string): string | undefined =>
  Token.isUnresolved(network) ? undefined : literalProblem(network);

/** Splits networks by IP version, as WAF wants them. Tokens count as IPv4. */
export function networksByVersion(setting: string, networks: readonly string[]): Networks {
  const problems = networks.map(networkProblem).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new Error(`${setting}: ${problems.join('; ')}`);
  const isIpv6 = (network: string) => !Token.isUnresolved(network) && network.includes(':');
  return { ipv4: networks.filter((network) => !isIpv6(network)), ipv6: networks.filter(isIpv6) };
}
