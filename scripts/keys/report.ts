import { signingKeyProblems } from '../../lib/signing-key-config.ts';
import type { LockedKey } from '../../lib/signing-key-lock.ts';
import { activeFrom, droppedFrom, rotationProblems } from '../../lib/signing-key-rotation.ts';
import { KeysError } from './keys-error.ts';
import type { StageKeys } from './workspace.ts';

/** A stage's keys as `list` shows them; also the shape of `--json`. */
export interface StageReport {
  readonly stage: string;
  readonly region: string;
  readonly keys: readonly (LockedKey & {
    /** What may happen to the key next, and from when. */
    readonly nextStep?: { readonly command: 'activate' | 'drop'; readonly from: string } | undefined;
  })[];
  /** Why synthesis would refuse. */
  readonly problems: readonly string[];
}

export function reportOn(stage: StageKeys, now: Date): StageReport {
  return {
    stage: stage.stage,
    region: stage.region,
    keys: stage.locked.map((key) => ({ ...key, nextStep: nextStep(key, stage) })),
    problems: problemsOf(stage, now),
  };
}

/** As text: a line for each key that is not dropped. */
export function render({ stage, region, keys, problems }: StageReport, now: Date): string {
  const present = keys.filter(({ state }) => state !== 'dropped');
  const lines = present.map((key) => {
    const step = key.nextStep;
    const when = step && (Date.parse(step.from) <= now.getTime() ? 'now' : `from ${step.from}`);
    const columns = [key.id.padEnd(12), key.algorithm.padEnd(5), key.state.padEnd(8), `since ${key.since[key.state]}`];
    return `  ${columns.join('  ')}${step ? `  ${step.command}: ${when}` : ''}`;
  });
  const withoutStandby = present
    .filter(({ state }) => state === 'active')
    .map(({ algorithm }) => algorithm)
    .filter((algorithm) => !present.some((key) => key.state === 'next' && key.algorithm === algorithm));
  return [
    `${stage} (Region: ${region})`,
    ...(lines.length > 0 ? lines : ['  no keys on record']),
    ...withoutStandby.map(
      (algorithm) => `  ${algorithm} has no standby: npm run keys -- add --stage ${stage} --algorithm ${algorithm}`,
    ),
    ...problems.map((problem) => `  refused at synth: ${problem}`),
  ].join('\n');
}

/** Why synthesis would refuse, as far as the source of the configuration tells. */
function problemsOf({ source, locked, waits }: StageKeys, now: Date): string[] {
  try {
    const keys = source.signingKeys();
    return [...signingKeyProblems(keys), ...rotationProblems({ keys, lock: locked, waits, now })];
  } catch (error) {
    if (error instanceof KeysError) return [error.message];
    throw error;
  }
}

function nextStep(key: LockedKey, { waits }: StageKeys) {
  if (key.state === 'next') return { command: 'activate', from: activeFrom(key, waits)!.toISOString() } as const;
  if (key.state !== 'retiring') return undefined;
  return { command: 'drop', from: droppedFrom(key, waits)!.toISOString() } as const;
}
