import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SecretRing } from './secret-ring.ts';
import type { SecretVersion } from './secret-versions.ts';

/** `<value>.<HMAC-SHA-256, base64>`, as Better Auth signs cookies and bearer tokens. */
const signedValue = /^(.+)\.([A-Za-z0-9+/_-]{43}=)$/s;

export interface Verified {
  readonly value: string;
  /** The version that signed it. */
  readonly by: SecretVersion;
}

/** `unknown` has the shape of something signed, and none of the accepted versions signed it. */
export function verifySigned(signed: string, ring: SecretRing): Verified | 'unknown' | undefined {
  const [, value, signature] = signedValue.exec(signed) ?? [];
  if (value === undefined || signature === undefined) return undefined;
  const by = signerOf(value, Buffer.from(signature, 'base64'), ring);
  return by ? { value, by } : 'unknown';
}

export const signValue = (value: string, secret: SecretVersion): string =>
  `${value}.${mac(value, secret).toString('base64')}`;

/** Every version is tried, in constant time each. */
export function signerOf(value: string, signature: Buffer, { accepted }: SecretRing): SecretVersion | undefined {
  const signers = accepted.filter((secret) => {
    const expected = mac(value, secret);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  });
  return signers[0];
}

export const mac = (value: string, { value: key }: SecretVersion): Buffer =>
  createHmac('sha256', key).update(value).digest();
