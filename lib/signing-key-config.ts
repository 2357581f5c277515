import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  type SigningAlgorithm,
  type SigningKeyState,
  signingAlgorithms,
  signingKeyStates,
} from '../contract/signing.ts';

/** One generation of a signing key. The first active key of a list is the default: it signs where no algorithm is asked for. */
export interface SigningKeyConfig {
  /** A name for people, and for the key's place in the stack: '2026-11'. Never used again for another key. */
  readonly id: string;
  /** The JOSE algorithm. It cannot change: that would replace the key. */
  readonly algorithm: SigningAlgorithm;
  /** `next`: published, does not sign yet. `active`: signs. `retiring`: published until its last token has expired. */
  readonly state: SigningKeyState;
  /** Whether a new key is multi-Region, which cannot change later. @default - the list's own setting */
  readonly multiRegion?: boolean;
  /** An existing KMS key of the right spec, whose policy is yours. @default - a new key */
  readonly key?: IKey;
}

/** An active key and a warm standby, so that replacing a key in a hurry is one deployment. */
export const defaultSigningKeys: readonly SigningKeyConfig[] = [
  { id: 'key-1', algorithm: 'ES256', state: 'active' },
  { id: 'key-2', algorithm: 'ES256', state: 'next' },
];

/** Size of a SubjectPublicKeyInfo in base64, by algorithm. */
const publicKeyChars = { ES256: 124, ES512: 212, EdDSA: 60, RS256: 392, PS256: 392 } satisfies Record<
  SigningAlgorithm,
  number
>;
const maxPublishedChars = 2400;

/** What is wrong with a list of signing keys, each problem in words; none when it may be deployed. */
export function signingKeyProblems(keys: readonly SigningKeyConfig[]): string[] {
  return [...keys.flatMap(entryProblems), ...duplicateProblems(keys), ...activeProblems(keys), ...sizeProblems(keys)];
}

function entryProblems({ id, algorithm, state }: SigningKeyConfig): string[] {
  const problems: string[] = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/.test(id)) {
    problems.push(`key id '${id}' is not allowed; allowed are up to 32 letters, digits and hyphens`);
  }
  if (!Object.hasOwn(signingAlgorithms, algorithm)) {
    problems.push(
      `algorithm '${algorithm}' of key '${id}' is not allowed; allowed are ${listOf(Object.keys(signingAlgorithms))}`,
    );
  }
  if (!signingKeyStates.includes(state)) {
    problems.push(`state '${state}' of key '${id}' is not allowed; allowed are ${listOf(signingKeyStates)}`);
  }
  return problems;
}

function duplicateProblems(keys: readonly SigningKeyConfig[]): string[] {
  const ids = keys.map((key) => key.id);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...twice].map((id) => `key id '${id}' is used more than once; each key needs its own`);
}

/** An algorithm without an active key is on its way in (`next`) or out (`retiring`). */
function activeProblems(keys: readonly SigningKeyConfig[]): string[] {
  if (keys.length === 0) return ['the list is empty; at least one active key is needed'];
  const active = keys.filter((key) => key.state === 'active');
  if (active.length === 0) return ['no key is active; at least one has to be'];
  return [...new Set(active.map((key) => key.algorithm))].flatMap((algorithm) => {
    const ids = active.filter((key) => key.algorithm === algorithm).map((key) => key.id);
    return ids.length === 1
      ? []
      : [`${algorithm} has ${ids.length} active keys, ${listOf(ids)}; at most one is allowed`];
  });
}

/** The published keys travel in a function's environment and, with their record, in CloudFormation's answer: 4 KB each. */
function sizeProblems(keys: readonly SigningKeyConfig[]): string[] {
  const size = keys.reduce((sum, key) => sum + 150 + key.id.length + (publicKeyChars[key.algorithm] ?? 0), 0);
  return size <= maxPublishedChars
    ? []
    : [
        `${keys.length} keys take about ${size} characters once published; at most ${maxPublishedChars} are allowed: drop retired ones`,
      ];
}

/** What is wrong with the choice of algorithms by audience, each problem in words; none when there is a key for each. */
export function tokenAlgorithmProblems(
  tokenAlgorithms: Readonly<Record<string, SigningAlgorithm>>,
  keys: readonly SigningKeyConfig[],
): string[] {
  const active = [...new Set(keys.filter(({ state }) => state === 'active').map(({ algorithm }) => algorithm))];
  return Object.entries(tokenAlgorithms).flatMap(([audience, algorithm]) => {
    if (audience === '') return ['an audience is empty; give the `aud` that its tokens shall have'];
    return active.includes(algorithm)
      ? []
      : [`'${algorithm}' of audience '${audience}' has no active signing key; allowed are ${listOf(active)}`];
  });
}

const listOf = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');
