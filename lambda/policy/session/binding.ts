import { contains, parseAddress } from '../../../contract/networks.ts';
import type { SessionPolicy } from './session-options.ts';
import type { SessionRow } from './session-row.ts';

/** Where a request comes from, as the gateway saw it. */
export interface Origin {
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
}

/** Why a session is not honoured for this request; undefined when it is. */
export function bindingBroken(session: SessionRow, origin: Origin, policy: SessionPolicy): string | undefined {
  if (policy.bindToNetwork && !sameNetwork(session.ipAddress ?? '', origin.sourceIp)) return 'SESSION_NETWORK_CHANGED';
  if (policy.bindToUserAgent && (session.userAgent ?? '') !== (origin.userAgent ?? '')) return 'SESSION_AGENT_CHANGED';
  return undefined;
}

/** How many leading bits of an address name its network. */
const prefixes = { 4: 24, 6: 48 } as const;

export function sameNetwork(one: string, other: string): boolean {
  const [address, another] = [parseAddress(one), parseAddress(other)];
  return Boolean(address && another && contains({ ...address, prefix: prefixes[address.version] }, another));
}
