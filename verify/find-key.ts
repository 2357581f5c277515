import { type CryptoKey, createLocalJWKSet } from 'jose';
import type { JSONWebKeySet } from './key-set.ts';
import type { TokenHeader } from './token-header.ts';

/** Finds the key that a token's header names. Throws `JWKSNoMatchingKey` when there is none for its algorithm. */
export type FindKey = (header: TokenHeader) => Promise<CryptoKey> | CryptoKey;

/** Looks in a set. What was found once is at hand. */
export function findKeyIn(set: JSONWebKeySet): FindKey {
  const find = createLocalJWKSet(set as Parameters<typeof createLocalJWKSet>[0]);
  const found = new Map<string, CryptoKey>();
  return ({ alg, kid }) => {
    const name = `${alg} ${kid}`;
    return (
      found.get(name) ??
      find({ alg, kid }).then((key) => {
        found.set(name, key);
        return key;
      })
    );
  };
}
