import { createHash, timingSafeEqual } from 'node:crypto';
import { type ClientAddressSource, originSecretHeader } from '../../contract/client-address.ts';
import { parseAddress } from '../../contract/networks.ts';
import type { ProxyEvent } from './event.ts';
import { GatewayError } from './gateway-error.ts';

/** The address of the client that sent an event. Throws `GatewayError` for events that did not come through the front. */
export type ClientAddress = (event: ProxyEvent) => Promise<string> | string;

/**
 * The peer that API Gateway saw; with a `source` the address that its front tells, once the front has proved itself.
 *
 * @param acceptedSecrets those of the front at the moment; rejects while they cannot be known
 */
export function createClientAddress(
  source: ClientAddressSource | undefined,
  acceptedSecrets: () => Promise<readonly string[]>,
): ClientAddress {
  if (!source) return (event) => event.requestContext.identity.sourceIp;
  return async (event) => {
    const given = headerValues(event, originSecretHeader);
    const accepted = await acceptedSecrets();
    if (given.length !== 1 || !accepted.some((secret) => equal(secret, given[0]!))) {
      throw new GatewayError(403, 'DIRECT_ACCESS_REFUSED', 'Requests are taken through the public address only.');
    }
    const [told = '', ...more] = headerValues(event, headerOf(source));
    const address = source.from === 'cloudfront' ? withoutPort(told) : told.trim();
    if (more.length > 0 || !parseAddress(address)) {
      throw new GatewayError(400, 'CLIENT_ADDRESS_UNKNOWN', "The client's address cannot be told.");
    }
    return address;
  };
}

/** Sources: Amazon CloudFront developer guide, "Add CloudFront request headers"; Cloudflare fundamentals, "HTTP headers". */
function headerOf({ from, header }: ClientAddressSource): string {
  const headers = { cloudfront: 'cloudfront-viewer-address', cloudflare: 'cf-connecting-ip', header };
  return headers[from]!.toLowerCase();
}

/** `198.51.100.10:46532`, and `2001:db8::7:46532` without brackets: the port is what follows the last colon. */
const withoutPort = (told: string): string => told.slice(0, Math.max(0, told.lastIndexOf(':')));

/** All values of a header, however its name was spelled. */
function headerValues({ multiValueHeaders }: ProxyEvent, wanted: string): string[] {
  const headers = Object.entries(multiValueHeaders ?? {});
  return headers.filter(([name]) => name.toLowerCase() === wanted).flatMap(([, values]) => values);
}

/** In constant time, whatever their lengths. */
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
