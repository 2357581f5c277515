import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../../contract/environment.ts';
import { rotationWaits } from '../../contract/signing.ts';
import {
  anyRegion,
  type LockedKey,
  lockFileName,
  parseSigningKeyLock,
  type SigningKeyLock,
} from '../../lib/signing-key-lock.ts';
import type { RotationWaits } from '../../lib/signing-key-rotation.ts';
import { configFileName, readStage, type StageSource, stageNames } from './config-source.ts';
import { KeysError } from './keys-error.ts';

/** The two files that a rotation edits. */
export interface Workspace {
  readonly config: string;
  readonly lock: SigningKeyLock;
  /** Writes the lock file, and the configuration when it is given. */
  save(lock: SigningKeyLock, config?: string): void;
}

/** A stage of the configuration, and its section of the lock file. */
export interface StageKeys {
  readonly stage: Stage;
  readonly region: string;
  readonly waits: RotationWaits;
  readonly source: StageSource;
  /** Empty before a first deployment. */
  readonly locked: readonly LockedKey[];
}

export function openWorkspace(root: string): Workspace {
  const [configFile, lockFile] = [join(root, configFileName), join(root, lockFileName)];
  if (!existsSync(configFile)) throw new KeysError('NOT_FOUND', `there is no ${configFileName} in ${root}`);
  return {
    config: readFileSync(configFile, 'utf8'),
    lock: existsSync(lockFile) ? readLock(readFileSync(lockFile, 'utf8')) : { version: 1, stages: {} },
    save(lock, config) {
      if (config !== undefined) replace(configFile, config);
      replace(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
    },
  };
}

/**
 * The sections of a stage: that of `region`; where none is named, that of the Region in the stage's settings, or else all, since they
 * share the one list of the configuration.
 *
 * @param stage the only one of the configuration when none is named.
 */
export function openStage({ config, lock }: Workspace, stage: string | undefined, region?: string): StageKeys[] {
  const names = stageNames(config);
  const [only] = names;
  if (!stage && names.length !== 1) {
    throw new KeysError('USAGE', `--stage is missing; the configuration has ${names.join(', ') || 'none'}`);
  }
  const name = (stage ?? only) as Stage;
  const source = readStage(config, name);
  const regions = lock.stages[name] ?? {};
  const waits = {
    publish: source.publishWaitMinutes === undefined ? rotationWaits.publish : source.publishWaitMinutes * 60,
    drop: source.dropWaitMinutes === undefined ? rotationWaits.drop : source.dropWaitMinutes * 60,
  };
  return sectionNames(Object.keys(regions), region, source.region).map((section) => ({
    stage: name,
    region: section,
    source,
    waits,
    locked: regions[section] ?? [],
  }));
}

function sectionNames(
  recorded: readonly string[],
  asked: string | undefined,
  configured: string | undefined,
): string[] {
  if (asked) return [asked];
  if (configured) return [recorded.includes(configured) || !recorded.includes(anyRegion) ? configured : anyRegion];
  return recorded.length > 0 ? [...recorded] : [anyRegion];
}

/** Throws `KeysError` when a section has no keys on record. */
export function requireRecorded({ lock }: Workspace, sections: readonly StageKeys[]): void {
  const missing = sections.find(({ locked }) => locked.length === 0);
  if (!missing) return;
  const { stage, region } = missing;
  const recorded = Object.keys(lock.stages[stage] ?? {});
  throw recorded.length > 0
    ? new KeysError(
        'NOT_FOUND',
        `stage '${stage}' has no keys on record for Region '${region}', but for '${recorded.join("', '")}'`,
      )
    : new KeysError('REFUSED', `no keys are on record; run 'npm run keys -- init --stage ${stage}' first`);
}

/** The lock file with other keys for a section. */
export const withKeys = (lock: SigningKeyLock, { stage, region }: StageKeys, keys: LockedKey[]): SigningKeyLock => ({
  ...lock,
  stages: { ...lock.stages, [stage]: { ...lock.stages[stage], [region]: keys } },
});

function readLock(text: string): SigningKeyLock {
  try {
    return parseSigningKeyLock(text);
  } catch (error) {
    throw new KeysError('REFUSED', (error as Error).message);
  }
}

/** Written beside and renamed, so that a crash leaves the old file or the new one. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.next`, text);
  renameSync(`${file}.next`, file);
}
