import { createHmac, timingSafeEqual } from 'node:crypto';

/** A keyed hash of several parts that keeps them apart: no value of one can take the place of another. */
export type KeyedHash = (...parts: readonly string[]) => string;

/** @param purpose hashes for one purpose are of no use for another */
export function keyedHash(secret: string, purpose: string): KeyedHash {
  const key = createHmac('sha256', secret).update(`gatehouse ${purpose}`).digest();
  return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}

export interface Signer {
  sign(...parts: readonly string[]): string;
  verify(signature: string, ...parts: readonly string[]): boolean;
}

/** @param secrets the first signs; the signatures of all count, so that a rotation breaks none */
export function signer(secrets: readonly string[], purpose: string): Signer {
  const [sign, ...others] = secrets.map((secret) => keyedHash(secret, purpose));
  if (!sign) throw new Error('there is no secret to sign with');
  return {
    sign,
    verify: (signature, ...parts) => [sign, ...others].some((hash) => sameHash(signature, hash(...parts))),
  };
}

/** In constant time; lengths are no secret. */
function sameHash(first: string, second: string): boolean {
  const [a, b] = [Buffer.from(first), Buffer.from(second)];
  return a.length === b.length && timingSafeEqual(a, b);
}
