import { parseAddress } from '../../contract/networks.ts';

/**
 * What counts as one source: an IPv4 address, or an IPv6 network of 64 bits, since that is the least that a subscriber has to choose
 * addresses from (RFC 6177).
 */
export function sourceOf(address: string): string {
  const parsed = parseAddress(address);
  if (!parsed) return address;
  const { version, value } = parsed;
  if (version === 6) return `${(value >> 64n).toString(16)}::/64`;
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}
