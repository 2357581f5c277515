import { parseAddress } from '../../../contract/networks.ts';
import type { RequestContext } from '../../gateway/request-context.ts';

/** Where a request comes from, as far as one sign-in is compared with another. */
export interface SightedOrigin {
  /**
   * The first 24 bits of an IPv4 address, the first 48 of an IPv6 one, as for the binding of sessions: phones change addresses all day,
   * and privacy addresses (RFC 8981) and the prefixes of homes change within that.
   */
  readonly network: string;
  /** The `User-Agent` header without its versions, which change with every update. */
  readonly browser: string;
}

export const originOf = ({ sourceIp, userAgent }: Pick<RequestContext, 'sourceIp' | 'userAgent'>): SightedOrigin => ({
  network: networkOf(sourceIp),
  browser: (userAgent ?? '').replace(/\d[\d._]*/g, ''),
});

function networkOf(text: string): string {
  const address = parseAddress(text);
  if (!address) return text;
  const { version, value } = address;
  return version === 4 ? `4:${value >> 8n}` : `6:${value >> 80n}`;
}
