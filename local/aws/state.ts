import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { LocalError } from '../errors.ts';

/** `PendingDeletion` keys have a `deletionAt`; after it they are gone. Times are epoch milliseconds. */
export interface StoredKey {
  readonly keyId: string;
  readonly spec: string;
  readonly description: string;
  readonly createdAt: number;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  deletionAt?: number;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
}

export interface SecretVersion {
  readonly versionId: string;
  readonly createdAt: number;
  readonly value: string;
  stages: string[];
}

export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  versions: SecretVersion[];
}

/** What outlives a restart: without the keys and the secret, stored sessions and issued tokens would be worth nothing. */
export interface AwsState {
  readonly version: 1;
  readonly keys: Record<string, StoredKey>;
  /** Alias name (`alias/…`) to key id. */
  readonly aliases: Record<string, string>;
  /** By name. */
  readonly secrets: Record<string, StoredSecret>;
}

export interface StateStore {
  readonly state: AwsState;
  /** Called after each change. */
  save(): void;
}

/** @param file JSON, readable by its owner alone. Without one the state lives in memory. */
export function openState(file?: string): StateStore {
  const empty: AwsState = { version: 1, keys: {}, aliases: {}, secrets: {} };
  if (!file) return { state: empty, save: () => {} };
  const state = existsSync(file) ? read(file) : empty;
  return { state, save: () => write(file, state) };
}

function read(file: string): AwsState {
  try {
    // A file that was copied here may be readable by others; it holds private keys.
    chmodSync(file, 0o600);
    const state = JSON.parse(readFileSync(file, 'utf8')) as AwsState;
    if (state.version === 1) return state;
  } catch {
    // Answered below, as for another version: without the content, which is secret.
  }
  throw new LocalError(
    'STATE_UNREADABLE',
    `${file} is not the state of a local stack; remove the data folder to start afresh`,
  );
}

/** Written beside and renamed, so that a crash leaves the old file or the new one, never half of one. */
function write(file: string, state: AwsState): void {
  const next = `${file}.next`;
  writeFileSync(next, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(next, file);
}
