import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { derToJose } from '../../../lambda/tokens/der-to-jose.ts';

/** DER as KMS writes it: minimal, and with a zero before a high bit. */
function der(parts: readonly Uint8Array[]): Buffer {
  const integers = parts.map((part) => {
    let value = Buffer.from(part);
    while (value.length > 1 && value[0] === 0 && value[1]! < 0x80) value = value.subarray(1);
    if (value[0]! >= 0x80) value = Buffer.concat([Buffer.from([0]), value]);
    return Buffer.concat([Buffer.from([0x02, value.length]), value]);
  });
  const body = Buffer.concat(integers);
  const header = body.length < 0x80 ? [0x30, body.length] : [0x30, 0x81, body.length];
  return Buffer.concat([Buffer.from(header), body]);
}

describe('derToJose', () => {
  test.each([32, 66])('keeps r and s of %i bytes, with leading zeros and high bits', (size) => {
    const part = fc
      .tuple(fc.integer({ min: 0, max: size - 1 }), fc.uint8Array({ minLength: size, maxLength: size }))
      .map(([zeros, bytes]) => bytes.fill(0, 0, zeros));
    fc.assert(
      fc.property(part, part, (r, s) => {
        expect(derToJose(der([r, s]), size)).toEqual(Buffer.concat([r, s]));
      }),
    );
  });

  test.each([
    ['P-256', 'sha256', 32],
    ['P-521', 'sha512', 66],
  ] as const)('turns real %s signatures into ones that verify', (namedCurve, digest, size) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    for (let round = 0; round < 200; round++) {
      const data = Buffer.from(`message ${round}`);
      const signature = derToJose(sign(digest, data, privateKey), size);
      expect(verify(digest, data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    }
  });

  const valid = der([Buffer.alloc(32, 1), Buffer.alloc(32, 2)]);
  test.each([
    ['empty', Buffer.alloc(0)],
    ['cut short', valid.subarray(0, -1)],
    ['with a byte behind', Buffer.concat([valid, Buffer.from([0])])],
    ['not a sequence', Buffer.concat([Buffer.from([0x31]), valid.subarray(1)])],
    ['with a part too long', der([Buffer.alloc(33, 1), Buffer.alloc(32, 2)])],
    ['with one part', der([Buffer.alloc(32, 1)])],
    ['with three parts', der([Buffer.alloc(8, 1), Buffer.alloc(8, 1), Buffer.alloc(8, 1)])],
    ['with an empty part', Buffer.from([0x30, 0x05, 0x02, 0x00, 0x02, 0x01, 0x01])],
    ['already raw', Buffer.alloc(64, 7)],
  ])('refuses a signature that is %s', (_, signature) => {
    expect(() => derToJose(signature, 32)).toThrow();
  });

  test('never accepts garbage silently as something else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 150 }), (bytes) => {
        let result: Buffer;
        try {
          result = derToJose(bytes, 32);
        } catch {
          return;
        }
        expect(result).toHaveLength(64);
      }),
    );
  });
});
