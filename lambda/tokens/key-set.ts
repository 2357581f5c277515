import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { PublishedKey, SigningAlgorithm } from '../../contract/signing.ts';

export interface VerificationKey extends PublishedKey {
  /** RFC 7638 thumbprint: stable, and tells nothing about the key's place in AWS. */
  readonly kid: string;
  readonly publicKeyObject: KeyObject;
  /** Public JWK with `kid`, `alg` and `use`. */
  readonly jwk: JWK;
}

export interface KeySet {
  /** Every published key, in the order of the configuration. */
  readonly keys: readonly VerificationKey[];
  /** The key that signs: the first active one that is all of what is asked for. Throws when there is none. */
  activeKey(query?: ActiveKeyQuery): VerificationKey;
}

export interface ActiveKeyQuery {
  readonly kid?: string | undefined;
  readonly algorithm?: SigningAlgorithm | undefined;
}

/** Builds the key set once per container from what the deployment published. */
export async function createKeySet(published: readonly PublishedKey[]): Promise<KeySet> {
  const keys = await Promise.all(published.map(toVerificationKey));
  return {
    keys,
    activeKey({ kid, algorithm } = {}) {
      const active = keys.filter((key) => key.state === 'active');
      const key = active.find((one) => (!kid || one.kid === kid) && (!algorithm || one.algorithm === algorithm));
      if (key) return key;
      const allowed = active.map((one) => `${one.algorithm} with kid '${one.kid}'`).join(', ') || 'none';
      throw new Error(
        `no active signing key for ${algorithm ?? 'any algorithm'}, kid '${kid ?? '*'}'; active: ${allowed}`,
      );
    },
  };
}

async function toVerificationKey(key: PublishedKey): Promise<VerificationKey> {
  const publicKeyObject = createPublicKey({ key: Buffer.from(key.publicKey, 'base64'), format: 'der', type: 'spki' });
  const jwk = publicKeyObject.export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  return { ...key, kid, publicKeyObject, jwk: { ...jwk, kid, alg: key.algorithm, use: 'sig' } };
}
