import { type Network, networkProblem, parseAddress, parseNetwork } from '../../contract/networks.ts';
import { NetworksError } from './networks-error.ts';

/**
 * A network as the lists have it: host bits cleared, IPv6 as RFC 5952 writes it; an address alone is a network of one. Throws
 * `NetworksError` that names what is none.
 */
export function canonicalNetwork(text: string): string {
  const address = parseAddress(text);
  const network = address ? { ...address, prefix: address.version === 4 ? 32 : 128 } : parseNetwork(text);
  if (!network) throw new NetworksError('NETWORK_INVALID', networkProblem(text)!);
  return `${network.version === 4 ? ipv4(firstAddress(network)) : ipv6(firstAddress(network))}/${network.prefix}`;
}

function firstAddress({ version, value, prefix }: Network): bigint {
  const hostBits = BigInt((version === 4 ? 32 : 128) - prefix);
  return (value >> hostBits) << hostBits;
}

const ipv4 = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');

/** The URL standard serialises an IPv6 host as RFC 5952 section 4 says. */
function ipv6(value: bigint): string {
  const groups = value.toString(16).padStart(32, '0').match(/.{4}/g)!.join(':');
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}
