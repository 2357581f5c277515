import { isRecord } from './strict-json.ts';

/** A JSON Web Key Set (RFC 7517) of public keys. */
export interface JSONWebKeySet {
  readonly keys: readonly JSONWebKey[];
}

/** A public key; its other parameters depend on `kty`. */
export interface JSONWebKey {
  readonly kty: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly [parameter: string]: unknown;
}

/** Is it a public key with a name, for one algorithm (RFC 8725 section 3.1)? A key whose private half is published, or that never had two halves, must not verify. */
export const isPublicKey = (key: unknown): key is JSONWebKey =>
  isRecord(key) &&
  ['EC', 'OKP', 'RSA'].includes(key.kty as string) &&
  typeof key.kid === 'string' &&
  typeof key.alg === 'string' &&
  !Object.hasOwn(key, 'd') &&
  !Object.hasOwn(key, 'k');

/** The keys of a set that may verify; undefined when it is none, or has none of them. */
export function publicKeys(set: unknown): JSONWebKeySet | undefined {
  if (!isRecord(set) || !Array.isArray(set.keys)) return undefined;
  const keys = set.keys.filter(isPublicKey);
  return keys.length > 0 ? { keys } : undefined;
}
