import type { Stage } from '../../contract/environment.ts';
import { checkPublished } from '../keys/check-published.ts';
import { KeysError } from '../keys/keys-error.ts';
import { openStage, openWorkspace } from '../keys/workspace.ts';

/** Whether verifiers see the signing keys on record. */
export interface KeysReport {
  readonly state: 'agrees' | 'differs' | 'unchecked';
  /** What differs, or why nothing was compared. */
  readonly messages: readonly string[];
}

/** Compares the lock file with what the stage publishes, where the stage can be reached. */
export async function checkKeys(root: string, stage: Stage, url: string | undefined): Promise<KeysReport> {
  try {
    const sections = openStage(openWorkspace(root), stage).filter(({ locked }) => locked.length > 0);
    const reports = await Promise.all(sections.map((section) => checkPublished(section, { url })));
    const differences = reports.flatMap((report) => report.differences);
    if (sections.length === 0) return unchecked('no keys are on record');
    const unreachable = differences.find(({ code }) => code === 'UNREACHABLE');
    if (unreachable) return unchecked(unreachable.message);
    return {
      state: differences.length > 0 ? 'differs' : 'agrees',
      messages: differences.map(({ code, message }) => `${code}: ${message}`),
    };
  } catch (error) {
    if (error instanceof KeysError) return unchecked(error.message);
    throw error;
  }
}

export const unchecked = (why: string): KeysReport => ({ state: 'unchecked', messages: [why] });
