import { baseUrlProblems } from '../../contract/settings.ts';
import { comparePublished, type Difference } from './compare-published.ts';
import { fetchPublished } from './fetch-published.ts';
import { KeysError } from './keys-error.ts';
import type { StageKeys } from './workspace.ts';

/** What `check` shows of a stage; also the shape of `--json`. */
export interface CheckReport {
  readonly stage: string;
  readonly region: string;
  readonly url: string;
  /** As published; empty when the stage cannot be reached. */
  readonly keys: readonly { readonly kid?: string | undefined; readonly algorithm?: string | undefined }[];
  readonly differences: readonly Difference[];
}

export interface CheckOptions {
  /** @default - the name or base URL of the stage's configuration */
  readonly url?: string | undefined;
  /** The physical id of the stack's `Custom::GatehousePublishedKeys`. @default - keys are compared by number, order and algorithm */
  readonly record?: string | undefined;
}

/** Compares the lock file with what the stage publishes. Throws `KeysError` `USAGE` when it is not said where that is. */
export async function checkPublished(stage: StageKeys, { url, record }: CheckOptions = {}): Promise<CheckReport> {
  const issuer = url ?? stage.source.baseUrl;
  if (issuer === undefined) {
    throw new KeysError(
      'USAGE',
      `--url is missing: stage '${stage.stage}' names no domain; the stack's output BaseUrl has it`,
    );
  }
  const [problem] = baseUrlProblems(issuer, stage.stage);
  if (problem) throw new KeysError('USAGE', problem.message);
  const report = { stage: stage.stage, region: stage.region, url: issuer };
  const documents = await fetchPublished(issuer).catch((error: Error) => error);
  if (documents instanceof Error) {
    return { ...report, keys: [], differences: [{ code: 'UNREACHABLE', message: documents.message }] };
  }
  return {
    ...report,
    keys: documents.keySet.body.keys.map(({ kid, alg }) => ({ kid, algorithm: alg })),
    differences: await comparePublished({ ...documents, locked: stage.locked, record }),
  };
}

/** As text: what is published, then what differs from the lock file. */
export function renderCheck({ stage, region, url, keys, differences }: CheckReport): string {
  return [
    `${stage} (Region: ${region}) at ${url}`,
    ...keys.map(({ kid, algorithm }) => `  published: ${algorithm?.padEnd(5)}  ${kid}`),
    ...(differences.length > 0
      ? differences.map(({ code, message }) => `  ${code}: ${message}`)
      : ['  agrees with signing-keys.lock.json']),
  ].join('\n');
}
