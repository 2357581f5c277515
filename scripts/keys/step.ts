import type { SigningAlgorithm, SigningKeyState } from '../../contract/signing.ts';
import type { LockedKey } from '../../lib/signing-key-lock.ts';
import { activeFrom, droppedFrom, type RotationWaits } from '../../lib/signing-key-rotation.ts';
import { KeysError } from './keys-error.ts';

/** A signing key as the configuration has it. */
export interface ConfiguredKey {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: SigningKeyState;
}

export type Step =
  | { readonly command: 'init'; readonly configured: readonly ConfiguredKey[] }
  | { readonly command: 'add'; readonly id: string; readonly algorithm?: SigningAlgorithm | undefined }
  | { readonly command: 'retire'; readonly id: string }
  | { readonly command: 'activate' | 'drop'; readonly id: string; readonly emergency?: string | undefined };

export interface StepContext {
  readonly now: Date;
  readonly waits: RotationWaits;
}

/** The keys on record after a step of the rotation. Throws `KeysError` when the step is not allowed, or not yet. */
export function takeStep(keys: readonly LockedKey[], step: Step, context: StepContext): LockedKey[] {
  switch (step.command) {
    case 'init':
      return init(keys, step.configured, context);
    case 'add':
      return add(keys, step, context);
    case 'activate':
      return activate(keys, step, context);
    case 'retire':
      return retire(keys, step.id, context);
    case 'drop':
      return drop(keys, step, context);
  }
}

/** The keys as the configuration has to list them, in the same order. */
export const configuredKeys = (keys: readonly LockedKey[]): ConfiguredKey[] =>
  keys.flatMap(({ id, algorithm, state }) => (state === 'dropped' ? [] : [{ id, algorithm, state }]));

function init(keys: readonly LockedKey[], configured: readonly ConfiguredKey[], { now }: StepContext): LockedKey[] {
  if (keys.length > 0) throw refused('keys are on record already; init is for a first deployment');
  return configured.map(({ id, algorithm, state }) => ({
    id,
    algorithm,
    state,
    since: { [state]: now.toISOString() },
  }));
}

function add(keys: readonly LockedKey[], step: Extract<Step, { command: 'add' }>, { now }: StepContext): LockedKey[] {
  const { id, algorithm = defaultAlgorithm(keys) ?? 'ES256' } = step;
  const used = keys.find((key) => key.id === id);
  if (used) throw refused(`id '${id}' is taken by a key that is ${used.state}; an id is never used again`);
  const added: LockedKey = { id, algorithm, state: 'next', since: { next: now.toISOString() } };
  // Beside the others of its algorithm, so that the first active key, the default, keeps its algorithm when this one takes over.
  const same = keys.findLastIndex((key) => key.algorithm === algorithm && key.state !== 'dropped');
  return keys.toSpliced(same < 0 ? keys.length : same + 1, 0, added);
}

function activate(
  keys: readonly LockedKey[],
  { id, emergency }: Extract<Step, { command: 'activate' | 'drop' }>,
  { now, waits }: StepContext,
): LockedKey[] {
  const key = find(keys, id);
  if (key.state === 'active' || key.state === 'dropped') throw refused(`key '${id}' is ${key.state}`);
  const from = key.state === 'next' ? activeFrom(key, waits) : undefined;
  if (from && from > now && !emergency) {
    throw refused(
      `key '${id}' may be activated from ${from.toISOString()} on; it was published at ${key.since.next}. ` +
        "If tokens are forged meanwhile, say why with --emergency '…': verifiers with an older key set then reject good tokens",
    );
  }
  const at = now.toISOString();
  const { retiring: _, ...since } = key.since;
  const changed = keys.map((other): LockedKey => {
    if (other.id === id) {
      const active = key.state === 'next' ? at : key.since.active;
      return { ...key, state: 'active', since: { ...since, active }, ...reasons(key, 'active', emergency) };
    }
    const replaced = other.algorithm === key.algorithm && other.state === 'active';
    return replaced ? { ...other, state: 'retiring', since: { ...other.since, retiring: at } } : other;
  });
  return sameDefault(keys, changed);
}

function retire(keys: readonly LockedKey[], id: string, { now }: StepContext): LockedKey[] {
  const key = find(keys, id);
  if (key.state !== 'active') throw refused(`key '${id}' is ${key.state}; only an active key retires`);
  if (keys.filter(({ state }) => state === 'active').length === 1) {
    throw refused(`key '${id}' is the only active key; activate another one, which retires this one`);
  }
  const retired: LockedKey = { ...key, state: 'retiring', since: { ...key.since, retiring: now.toISOString() } };
  return sameDefault(
    keys,
    keys.map((other) => (other.id === id ? retired : other)),
  );
}

function drop(
  keys: readonly LockedKey[],
  { id, emergency }: Extract<Step, { command: 'activate' | 'drop' }>,
  { now, waits }: StepContext,
): LockedKey[] {
  const key = find(keys, id);
  if (key.state === 'active')
    throw refused(`key '${id}' is active; activate another one first, which retires this one`);
  if (key.state === 'dropped') throw refused(`key '${id}' is dropped`);
  const from = key.state === 'retiring' ? droppedFrom(key, waits) : undefined;
  if (from && from > now && !emergency) {
    throw refused(
      `key '${id}' may be dropped from ${from.toISOString()} on; it is retiring since ${key.since.retiring}. ` +
        "If its tokens must die now, say why with --emergency '…'",
    );
  }
  const dropped: LockedKey = {
    ...key,
    state: 'dropped',
    since: { ...key.since, dropped: now.toISOString() },
    ...reasons(key, 'dropped', emergency),
  };
  return keys.map((other) => (other.id === id ? dropped : other));
}

const reasons = (key: LockedKey, step: 'active' | 'dropped', reason: string | undefined) =>
  reason ? { emergency: { ...key.emergency, [step]: reason } } : {};

function find(keys: readonly LockedKey[], id: string): LockedKey {
  const key = keys.find((candidate) => candidate.id === id);
  if (key) return key;
  const ids = configuredKeys(keys).map((candidate) => `'${candidate.id}'`);
  throw new KeysError('NOT_FOUND', `there is no key '${id}'; there are ${ids.join(', ') || 'none'}`);
}

const defaultAlgorithm = (keys: readonly LockedKey[]): SigningAlgorithm | undefined =>
  keys.find(({ state }) => state === 'active')?.algorithm;

/** The first active key is the default; a rotation must not hand everyone tokens of another algorithm. */
function sameDefault(before: readonly LockedKey[], after: LockedKey[]): LockedKey[] {
  const [old, now] = [defaultAlgorithm(before), defaultAlgorithm(after)];
  if (old === now) return after;
  throw refused(
    `the first active key, which is the default, would be one for ${now} instead of ${old}; ` +
      'activate a key of that algorithm instead, or put the keys into the order of their algorithms first',
  );
}

/** The month and a letter: '2026-11-a'. */
export function freeId(keys: readonly LockedKey[], now: Date): string {
  const month = now.toISOString().slice(0, 7);
  const letter = [...'abcdefghijklmnopqrstuvwxyz'].find((end) => !keys.some(({ id }) => id === `${month}-${end}`));
  if (letter) return `${month}-${letter}`;
  throw refused(`every id of ${month} is taken; give one with --id`);
}

const refused = (message: string) => new KeysError('REFUSED', message);
