import { calculateJwkThumbprint, type JWK } from 'jose';
import { type PublicationRecord, parseRecord } from '../../lambda/key-publisher/publication-record.ts';
import { wellKnownCacheControl } from '../../lambda/tokens/well-known-documents.ts';
import type { LockedKey } from '../../lib/signing-key-lock.ts';
import type { PublishedDocuments } from './fetch-published.ts';
import { configuredKeys } from './step.ts';

/** How what is published differs from what is on record. Codes are stable. */
export interface Difference {
  readonly code:
    | 'UNREACHABLE'
    | 'KEY_MISSING'
    | 'KEY_UNKNOWN'
    | 'KEY_ORDER'
    | 'KEY_INVALID'
    | 'DISCOVERY'
    | 'CACHE_CONTROL'
    | 'RECORD';
  readonly message: string;
}

export interface Comparison extends PublishedDocuments {
  readonly locked: readonly LockedKey[];
  /**
   * The physical id of the custom resource that published the keys. The lock file knows no `kid`, since a key exists only once it is
   * deployed; with this record keys are compared one by one, without it by number, order and algorithm.
   */
  readonly record?: string | undefined;
}

/** What differs between the lock file and what a stage publishes; nothing when verifiers see what is on record, and nothing else. */
export async function comparePublished(comparison: Comparison): Promise<Difference[]> {
  const { locked, record, keySet, discovery } = comparison;
  const expected = configuredKeys(locked);
  const keys = keySet.body.keys;
  const algorithms = [...new Set(expected.map(({ algorithm }) => algorithm))];
  return [
    ...keyDifferences(expected, keys),
    ...(await Promise.all(keys.map(invalidKey))).flat(),
    ...duplicates(keys),
    ...(record === undefined ? [] : recordDifferences(expected, keys, record)),
    ...field('issuer', discovery.body.issuer, comparison.issuer),
    ...field('id_token_signing_alg_values_supported', discovery.body.id_token_signing_alg_values_supported, algorithms),
    ...elsewhere(comparison),
    ...[discovery, keySet].flatMap(({ url, cacheControl }) =>
      cacheControl === wellKnownCacheControl
        ? []
        : [different('CACHE_CONTROL', `${url} answers '${cacheControl}'; expected is '${wellKnownCacheControl}'`)],
    ),
  ];
}

type Expected = ReturnType<typeof configuredKeys>;

const different = (code: Difference['code'], message: string): Difference => ({ code, message });

function keyDifferences(expected: Expected, keys: readonly JWK[]): Difference[] {
  const [onRecord, published] = [expected.map(({ algorithm }) => `${algorithm}`), keys.map(({ alg }) => `${alg}`)];
  const differences = [...new Set([...onRecord, ...published])].flatMap((algorithm) => {
    const ids = expected.filter((key) => key.algorithm === algorithm).map(({ id }) => `'${id}'`);
    const count = published.filter((name) => name === algorithm).length;
    if (count === ids.length) return [];
    const both = `${algorithm}: ${ids.length} on record (${ids.join(', ') || 'none'}), ${count} published`;
    return count < ids.length
      ? [different('KEY_MISSING', `${both}; a step is not deployed yet, or this is another stage`)]
      : [different('KEY_UNKNOWN', `${both}; a key was dropped and that is not deployed yet, or it is not ours`)];
  });
  if (differences.length > 0 || onRecord.join() === published.join()) return differences;
  return [different('KEY_ORDER', `published are ${published.join(', ')}; on record are ${onRecord.join(', ')}`)];
}

/** RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

async function invalidKey(key: JWK): Promise<Difference[]> {
  const invalid = (why: string) => [different('KEY_INVALID', `key '${key.kid}' ${why}`)];
  const secret = privateMembers.filter((name) => name in key);
  if (secret.length > 0) return invalid(`has the private members ${secret.join(', ')}: replace it at once`);
  if (key.use !== 'sig') return invalid(`has the use '${key.use}'; expected is 'sig'`);
  const thumbprint = await calculateJwkThumbprint(key).catch(() => undefined);
  return thumbprint === key.kid ? [] : invalid(`is not named after its thumbprint, '${thumbprint}'`);
}

function duplicates(keys: readonly JWK[]): Difference[] {
  const kids = keys.map(({ kid }) => kid);
  return kids
    .filter((kid, index) => kids.indexOf(kid) < index)
    .map((kid) => different('KEY_INVALID', `key '${kid}' is published more than once`));
}

function recordDifferences(expected: Expected, keys: readonly JWK[], physicalId: string): Difference[] {
  const record = readRecord(physicalId);
  if (!record) return [different('RECORD', `'${physicalId}' is not the record of a stack's published keys`)];
  const deployed = new Map(record.keys.map((key) => [key.id, key]));
  const kid = (key: JWK) => key.kid ?? '';
  return [
    ...expected.flatMap(({ id, state }) => {
      const key = deployed.get(id);
      if (!key) return [different('KEY_MISSING', `key '${id}' is ${state} on record, and not deployed`)];
      const problems: Difference[] = [];
      if (key.state !== state) {
        problems.push(different('RECORD', `key '${id}' is ${state} on record, and ${key.state} as deployed`));
      }
      if (!keys.some((published) => kid(published).startsWith(key.kid))) {
        problems.push(different('KEY_MISSING', `key '${id}', deployed as '${key.kid}…', is not published`));
      }
      return problems;
    }),
    ...record.keys
      .filter(({ id }) => !expected.some((key) => key.id === id))
      .map(({ id, state }) => different('KEY_UNKNOWN', `key '${id}' is ${state} as deployed, and not on record`)),
    ...keys
      .filter((key) => !record.keys.some((one) => kid(key).startsWith(one.kid)))
      .map((key) => different('KEY_UNKNOWN', `key '${key.kid}' is published, and not one that the stack deployed`)),
  ];
}

/** Undefined: not a record, or a damaged one. */
function readRecord(physicalId: string): PublicationRecord | undefined {
  try {
    return parseRecord(physicalId.trim());
  } catch {
    return undefined;
  }
}

function field(name: string, found: unknown, expected: string | readonly string[]): Difference[] {
  const [is, shall] = [found, expected].map((value) => JSON.stringify(value));
  return is === shall ? [] : [different('DISCOVERY', `${name} is ${is}; expected is ${shall}`)];
}

/** The key set at `jwks_uri`, where that is not below the issuer. */
function elsewhere({ keySet, linkedKeySet }: Comparison): Difference[] {
  if (!linkedKeySet || JSON.stringify(linkedKeySet.body) === JSON.stringify(keySet.body)) return [];
  return [different('DISCOVERY', `the key set at ${linkedKeySet.url} is not the one at ${keySet.url}`)];
}
