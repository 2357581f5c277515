import { createECDH, type KeyObject } from 'node:crypto';

/**
 * ECDSA over a digest that is already computed (FIPS 186-5, section 6.4). Node signs messages only and hashes them itself,
 * but KMS with MessageType DIGEST gets the digest alone. For the local stand-in only: the arithmetic takes no care of timing.
 */
interface Curve {
  /** The name that OpenSSL knows the curve by. */
  readonly name: string;
  readonly bytes: number;
  /** The prime of the field, and the order of the base point. All NIST prime curves have a = -3. */
  readonly p: bigint;
  readonly n: bigint;
}

export const curves = {
  'P-256': {
    name: 'prime256v1',
    bytes: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-521': {
    name: 'secp521r1',
    bytes: 66,
    p: 2n ** 521n - 1n,
    n: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
} as const satisfies Record<string, Curve>;

export type CurveName = keyof typeof curves;

/** A point in affine coordinates; undefined is the point at infinity. */
type Point = { readonly x: bigint; readonly y: bigint } | undefined;

/** @returns the signature in DER, as KMS answers it. */
export function signDigest(curveName: CurveName, privateKey: KeyObject, digest: Buffer): Buffer {
  const curve = curves[curveName];
  const d = fromBase64url(privateKey.export({ format: 'jwk' }).d);
  for (;;) {
    const nonce = createECDH(curve.name);
    const r = toPoint(nonce.generateKeys(), curve).x % curve.n;
    const k = toInteger(nonce.getPrivateKey());
    const s = mod(inverse(k, curve.n) * (truncated(digest, curve) + r * d), curve.n);
    if (r !== 0n && s !== 0n) return encode(r, s);
  }
}

/** @returns false for a signature that does not verify, and for bytes that are not a signature in DER. */
export function verifyDigest(curveName: CurveName, publicKey: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const curve = curves[curveName];
  const [r, s] = decode(signature) ?? [0n, 0n];
  if (r <= 0n || r >= curve.n || s <= 0n || s >= curve.n) return false;
  const { x, y } = publicKey.export({ format: 'jwk' });
  const base = createECDH(curve.name);
  base.setPrivateKey(Buffer.from('01'.padStart(curve.bytes * 2, '0'), 'hex'));
  const w = inverse(s, curve.n);
  const u1 = multiply(mod(truncated(digest, curve) * w, curve.n), toPoint(base.getPublicKey(), curve), curve);
  const u2 = multiply(mod(r * w, curve.n), { x: fromBase64url(x), y: fromBase64url(y) }, curve);
  const sum = add(u1, u2, curve);
  return sum !== undefined && sum.x % curve.n === r;
}

/** The leftmost bits of the digest, as many as the order has. */
function truncated(digest: Buffer, { n }: Curve): bigint {
  const excess = digest.length * 8 - n.toString(2).length;
  return toInteger(digest) >> BigInt(Math.max(excess, 0));
}

function multiply(scalar: bigint, point: Point, curve: Curve): Point {
  let result: Point;
  let power = point;
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, power, curve);
    power = add(power, power, curve);
  }
  return result;
}

function add(a: Point, b: Point, { p }: Curve): Point {
  if (!a) return b;
  if (!b) return a;
  if (a.x === b.x && mod(a.y + b.y, p) === 0n) return undefined;
  const slope =
    a.x === b.x ? (3n * a.x * a.x - 3n) * inverse(mod(2n * a.y, p), p) : (b.y - a.y) * inverse(mod(b.x - a.x, p), p);
  const x = mod(slope * slope - a.x - b.x, p);
  return { x, y: mod(slope * (a.x - x) - a.y, p) };
}

const mod = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, value];
  let [previousFactor, factor] = [0n, 1n];
  while (current !== 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return mod(previousFactor, modulus);
}

const toInteger = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
const fromBase64url = (text = ''): bigint => toInteger(Buffer.from(text, 'base64url'));

/** @param encoded uncompressed: 0x04, x, y (SEC 1, section 2.3.3). */
const toPoint = (encoded: Buffer, { bytes }: Curve) => ({
  x: toInteger(encoded.subarray(1, 1 + bytes)),
  y: toInteger(encoded.subarray(1 + bytes)),
});

/** SEQUENCE of two INTEGERs (RFC 3279, section 2.2.3). */
function encode(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([r, s].map(encodeInteger));
  return Buffer.concat([Buffer.from(body.length < 128 ? [0x30, body.length] : [0x30, 0x81, body.length]), body]);
}

function encodeInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  // A leading bit of 1 would make the integer negative.
  const content = bytes[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, content.length]), content]);
}

/** Accepts DER only: what it reads must encode back to the same bytes. */
function decode(signature: Buffer): [bigint, bigint] | undefined {
  const start = signature[1] === 0x81 ? 3 : 2;
  const rEnd = start + 2 + (signature[start + 1] ?? 0);
  const [rBytes, sBytes] = [signature.subarray(start + 2, rEnd), signature.subarray(rEnd + 2)];
  if (rBytes.length === 0 || sBytes.length === 0) return undefined;
  const [r, s] = [toInteger(rBytes), toInteger(sBytes)];
  return encode(r, s).equals(signature) ? [r, s] : undefined;
}
