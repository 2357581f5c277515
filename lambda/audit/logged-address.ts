import { parseAddress } from '../../contract/networks.ts';
import type { AuditOptions } from './audit-options.ts';

/** An IP address as it is logged; undefined for what is none. Truncated, it is the first of its network: /24, for IPv6 /48. */
export function loggedAddress(address: string, shown: AuditOptions['ip']): string | undefined {
  const parsed = parseAddress(address);
  if (!parsed) return undefined;
  if (shown !== 'truncated') return address;
  const { version, value } = parsed;
  if (version === 4) return `${[24n, 16n, 8n].map((shift) => (value >> shift) & 0xffn).join('.')}.0`;
  return `${[112n, 96n, 80n].map((shift) => ((value >> shift) & 0xffffn).toString(16)).join(':')}::`;
}
