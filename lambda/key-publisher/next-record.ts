import { fingerprint, name, type Publication, type PublicationRecord } from './publication-record.ts';

export interface RotationStep {
  /** What is published now; undefined on creation. */
  readonly record: PublicationRecord | undefined;
  /** What shall be published. */
  readonly keys: readonly Pick<Publication, 'id' | 'kid' | 'state'>[];
  /** In seconds. */
  readonly waits: { readonly publish: number; readonly drop: number };
  /** Ids of the keys whose waits are lifted. */
  readonly emergency: { readonly active: readonly string[]; readonly dropped: readonly string[] };
  /** Epoch seconds. */
  readonly now: number;
}

/** Tokens would be rejected if this were deployed. Nothing was changed. */
export class RotationRefused extends Error {
  override readonly name = 'RotationRefused';
  readonly code = 'ROTATION_REFUSED';
}

/**
 * The record after a step of the rotation. Throws `RotationRefused` for a key that would sign before verifiers know it, or that would
 * vanish before its last token has expired, as far as this resource has seen itself.
 *
 * A first deployment has no verifiers yet. A step back to exactly what was published before is a rollback, which must not fail.
 */
export function nextRecord(step: RotationStep): PublicationRecord {
  const { record, keys, now } = step;
  if (!record) return { previous: '', keys: keys.map((key) => ({ ...key, published: now, since: now })) };
  const target = fingerprint(keys);
  if (target === fingerprint(record.keys)) return record;
  if (target !== record.previous) {
    const problems = [...activationProblems(step, record), ...withdrawalProblems(step, record)];
    if (problems.length > 0) throw new RotationRefused(problems.join('; '));
  }
  return { previous: fingerprint(record.keys), keys: keys.map((key) => published(key, known(record, key), now)) };
}

function published(key: RotationStep['keys'][number], before: Publication | undefined, now: number): Publication {
  return {
    ...key,
    published: before?.published ?? now,
    since: before?.state === key.state ? before.since : now,
  };
}

function activationProblems({ keys, waits, emergency, now }: RotationStep, record: PublicationRecord): string[] {
  return keys
    .filter((key) => key.state === 'active' && known(record, key)?.state !== 'active')
    .filter(({ id }) => !emergency.active.includes(id))
    .flatMap((key) => {
      const before = known(record, key);
      if (!before) {
        return [`key '${key.id}' cannot be active: it has not been published yet; deploy it as 'next' first`];
      }
      const from = before.published + waits.publish;
      return from <= now
        ? []
        : [`key '${key.id}' may be active from ${time(from)} on: ${age(before.published, waits.publish)}`];
    });
}

function withdrawalProblems({ keys, waits, emergency, now }: RotationStep, record: PublicationRecord): string[] {
  const staying = new Set(keys.map(name));
  return record.keys
    .filter((key) => !staying.has(name(key)) && hasSigned(key) && !emergency.dropped.includes(key.id))
    .flatMap(({ id, state, since }) => {
      if (state === 'active') return [`key '${id}' is active and cannot be dropped; deploy it as 'retiring' first`];
      const from = since + waits.drop;
      return from <= now
        ? []
        : [
            `key '${id}' may be dropped from ${time(from)} on: it has signed until ${time(since)}, and its tokens stay valid`,
          ];
    });
}

/** A key that is `next` after it was published in another state was active, until a rollback. */
const hasSigned = ({ state, published, since }: Publication): boolean => state !== 'next' || since > published;

const known = (record: PublicationRecord, key: Pick<Publication, 'id' | 'kid'>): Publication | undefined =>
  record.keys.find((candidate) => name(candidate) === name(key));

const age = (since: number, wait: number): string =>
  `it was published at ${time(since)}, and verifiers may keep an older key set for ${wait} seconds`;

const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
