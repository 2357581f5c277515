import { BlockList, isIP } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contains, networkProblem, parseAddress, parseNetwork } from '../../contract/networks.ts';
import { sourceOf } from '../../lambda/limits/source.ts';

const address = fc.oneof(fc.ipV4(), fc.ipV6());
const mapped = /^(0*:)*:?ffff:/i;

describe('an address', () => {
  test('is what Node takes for one', () => {
    fc.assert(
      fc.property(fc.oneof(address, fc.string(), fc.stringMatching(/^[0-9a-f:.]{1,40}$/)), (text) => {
        expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0 && !text.includes('%'));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    '',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4.5',
    '256.1.1.1',
    ':::',
    '1::2::3',
    'fe80::1%eth0',
    '[::1]',
    '1.2.3.4:80',
    '::1.2.3',
    '12345::',
  ])('is not %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test.each([
    '::ffff:192.0.2.1',
    '::FFFF:c000:201',
    '0:0:0:0:0:ffff:192.0.2.1',
    '0000:0000:0000:0000:0000:ffff:c000:0201',
  ])('%s is IPv4', (text) => {
    expect(parseAddress(text)).toEqual(parseAddress('192.0.2.1'));
  });
});

describe('a network', () => {
  test('has the addresses that Node says it has', () => {
    const network = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })),
      fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 })),
    );
    fc.assert(
      fc.property(network, address, fc.boolean(), ([base, prefix], other, near) => {
        const parsed = parseNetwork(`${base}/${prefix}`);
        const candidate = near ? base : other;
        // Node finds IPv4 in IPv6 networks too, as mapped addresses.
        fc.pre(parsed !== undefined && !mapped.test(candidate) && isIP(base) === isIP(candidate));
        const list = new BlockList();
        const family = (text: string) => (isIP(text) === 4 ? 'ipv4' : 'ipv6');
        list.addSubnet(base, prefix, family(base));
        expect(contains(parsed, parseAddress(candidate)!)).toBe(list.check(candidate, family(candidate)));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    '10.0.0.0',
    '10.0.0.0/0',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '::/0',
    '2001:db8::/129',
    '10.0.0.0/-1',
    '10.0.0.0/ 8',
    '::ffff:10.0.0.0/104',
    'all/8',
  ])('is not %s', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
    expect(networkProblem(text)).toContain(`network '${text}' is not allowed; allowed is CIDR notation`);
  });
});

describe('a source', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2::1', '20010db800010002::/64'],
    ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '20010db800010002::/64'],
    ['::1', '0::/64'],
  ])('of %s is %s', (text, source) => {
    expect(sourceOf(text)).toBe(source);
  });

  test('is the same for every address of a /64, and for no other', () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.ipV6(), (a, b) => {
        fc.pre(!mapped.test(a) && !mapped.test(b));
        const same = parseAddress(a)!.value >> 64n === parseAddress(b)!.value >> 64n;
        expect(sourceOf(a) === sourceOf(b)).toBe(same);
      }),
    );
  });
});
