import { readStage, stageNames } from '../keys/config-source.ts';
import { KeysError } from '../keys/keys-error.ts';
import { type ConfiguredKey, configuredKeys, freeId } from '../keys/step.ts';
import type { Workspace } from '../keys/workspace.ts';
import type { InitialStage } from './stage-settings.ts';

/**
 * The keys that a stage's configuration lists: those on record, else those that it lists already, else new ones, of which one signs and
 * one stands by. A stage may be deployed, so its keys stay.
 */
export function keysOf({ config, lock }: Workspace, stage: InitialStage, now: Date): readonly ConfiguredKey[] {
  const [recorded] = Object.values(lock.stages[stage] ?? {});
  if (recorded && recorded.length > 0) return configuredKeys(recorded);
  const listed = listedKeys(config, stage);
  if (listed.length > 0) return listed;
  const first = { id: freeId([], now), algorithm: 'ES256', state: 'active' } as const;
  const second = freeId([{ ...first, since: {} }], now);
  return [first, { id: second, algorithm: 'ES256', state: 'next' }];
}

function listedKeys(config: string, stage: string): ConfiguredKey[] {
  try {
    if (!stageNames(config).includes(stage)) return [];
    return readStage(config, stage)
      .signingKeys()
      .map(({ id, algorithm, state }) => ({ id, algorithm, state }));
  } catch (error) {
    // It is about to be overwritten.
    if (error instanceof KeysError) return [];
    throw error;
  }
}
