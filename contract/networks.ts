/** An IP address as a number. IPv4-mapped IPv6 addresses (RFC 4291 section 2.5.5.2) are IPv4 ones. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

export interface Network extends Address {
  /** How many leading bits the network's addresses share. */
  readonly prefix: number;
}

/** Undefined for what is no address: names, ports, zone ids, octets with leading zeros. */
export function parseAddress(text: string): Address | undefined {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) return { version: 4, value: ipv4 };
  const ipv6 = parseIpv6(text);
  if (ipv6 === undefined) return undefined;
  return ipv6 >> 32n === 0xffffn ? { version: 4, value: ipv6 & 0xffff_ffffn } : { version: 6, value: ipv6 };
}

/** CIDR notation (RFC 4632 section 3.1). Undefined for what is none, for `/0`, and for IPv4 written as IPv6. */
export function parseNetwork(text: string): Network | undefined {
  const [written = '', bits = '', ...rest] = text.split('/');
  const address = parseAddress(written);
  const prefix = Number(bits);
  const writtenAsOther = address?.version === 4 && written.includes(':');
  if (!address || writtenAsOther || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  if (prefix < 1 || prefix > lengths[address.version]) return undefined;
  return { ...address, prefix };
}

/** What is wrong with a network; undefined when nothing is. */
export function networkProblem(text: string): string | undefined {
  if (parseNetwork(text)) return undefined;
  return `network '${text}' is not allowed; allowed is CIDR notation such as '192.0.2.0/24' or '2001:db8::/32', never '/0'`;
}

/** Host bits of the network do not count. */
export function contains(network: Network, address: Address): boolean {
  const hostBits = BigInt(lengths[network.version] - network.prefix);
  return network.version === address.version && (network.value ^ address.value) >> hostBits === 0n;
}

const lengths = { 4: 32, 6: 128 } as const;

function parseIpv4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256)) {
    return undefined;
  }
  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const [head = '', tail, ...more] = withoutDots(text).split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail ?? '');
  const missing = 8 - left.length - right.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
}

const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));

/** The last 32 bits may be written as IPv4 (RFC 4291 section 2.2). */
function withoutDots(text: string): string {
  const [, front, dotted] = /^(.*:)([\d.]+\.[\d.]+)$/.exec(text) ?? [];
  const ipv4 = dotted === undefined ? undefined : parseIpv4(dotted);
  return ipv4 === undefined ? text : `${front}${(ipv4 >> 16n).toString(16)}:${(ipv4 & 0xffffn).toString(16)}`;
}
