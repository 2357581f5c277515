import * as z from 'zod';
import { type Stage, stages } from '../contract/environment.ts';
import { type SigningAlgorithm, signingAlgorithms, signingKeyStates } from '../contract/signing.ts';

const lockStates = [...signingKeyStates, 'dropped'] as const;

/** A key's state on record; a dropped key stays there, because its id is never used again. */
export type LockState = (typeof lockStates)[number];

const algorithms = Object.keys(signingAlgorithms) as [SigningAlgorithm, ...SigningAlgorithm[]];
const moment = z.iso.datetime({ message: "is not a time in UTC such as '2026-11-23T14:00:00.000Z'" });
const reason = z.string().min(1);

const lockedKey = z
  .strictObject({
    id: z.string().min(1),
    algorithm: z.enum(algorithms),
    state: z.enum(lockStates),
    since: z.strictObject({
      next: moment.optional(),
      active: moment.optional(),
      retiring: moment.optional(),
      dropped: moment.optional(),
    }),
    emergency: z.strictObject({ active: reason.optional(), dropped: reason.optional() }).optional(),
  })
  .refine(({ state, since }) => since[state], { message: 'has no time for its state', path: ['since'] });

const lockFile = z.strictObject({
  version: z.literal(1),
  stages: z.partialRecord(z.enum(stages), z.record(z.string().min(1), z.array(lockedKey))),
});

/** One signing key as the lock file records it. */
export interface LockedKey {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: LockState;
  /** When each step was written, in UTC, ISO 8601. It is deployed later; the publishing custom resource keeps its own times. */
  readonly since: Readonly<Partial<Record<LockState, string | undefined>>>;
  /** Why a step did not wait. A reason lifts that wait alone, at synth and at deployment. */
  readonly emergency?: { readonly active?: string | undefined; readonly dropped?: string | undefined } | undefined;
}

/** The committed record of every stage's signing keys, by stage and Region; `any` where the configuration names no Region. */
export interface SigningKeyLock {
  readonly version: 1;
  readonly stages: Readonly<Partial<Record<Stage, Readonly<Record<string, readonly LockedKey[]>>>>>;
}

export const lockFileName = 'signing-keys.lock.json';

/** The section of a stage whose configuration names no Region. */
export const anyRegion = 'any';

/** Reads the text of a lock file. Throws an error that names what is wrong, by its path in the file. */
export function parseSigningKeyLock(text: string): SigningKeyLock {
  const { data, error } = lockFile.safeParse(parseJson(text));
  if (!error) return data;
  const problems = error.issues.map(
    ({ path, message }) => `${[lockFileName, ...path.map(String)].join('.')}: ${message}`,
  );
  throw new Error(problems.join('\n'));
}

/** The keys on record for a stage and Region; those of `any` where the Region has none of its own. */
export function lockedKeys(lock: SigningKeyLock, stage: Stage, region = anyRegion): readonly LockedKey[] {
  const regions = lock.stages[stage] ?? {};
  const keys = regions[region] ?? regions[anyRegion];
  if (keys) return keys;
  const option = Object.keys(regions).length > 0 ? ` --region ${region}` : '';
  throw new Error(
    `${lockFileName}: stage '${stage}' has no keys on record for Region '${region}'; ` +
      `run 'npm run keys -- init --stage ${stage}${option}' before its first deployment`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${lockFileName} is not valid JSON; restore it from the version that was deployed last`);
  }
}
