import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { KMSClient } from '@aws-sdk/client-kms';
import { type PublishedKey, signingKeyStates } from '../contract/signing.ts';
import { publishKeys } from '../lambda/tokens/publish-keys.ts';
import { type SigningKeyConfig, signingKeyProblems } from '../lib/signing-key-config.ts';
import { lockFileName, parseSigningKeyLock } from '../lib/signing-key-lock.ts';
import { LocalError } from './errors.ts';
import { createSigningKey } from './resources.ts';

const lockFile = fileURLToPath(new URL(`../${lockFileName}`, import.meta.url));

/**
 * The signing keys of this machine's stack: those that the lock file has on record for a stage, in its first Region; one key where
 * there is no record. So `npm run keys` rotates them here as it does in an account.
 *
 * @throws LocalError SIGNING_KEYS_INVALID
 */
export function localSigningKeys(stage: 'dev' | 'prod', file = lockFile): readonly SigningKeyConfig[] {
  if (!existsSync(file)) return [{ id: 'local', algorithm: 'ES256', state: 'active' }];
  const [locked = []] = Object.values(read(file).stages[stage] ?? {});
  const keys = locked.flatMap(({ id, algorithm, state: recorded }) => {
    const state = signingKeyStates.find((known) => known === recorded);
    return state ? [{ id, algorithm, state }] : [];
  });
  const problems = signingKeyProblems(keys);
  if (problems.length > 0) throw invalid(`${lockFileName}, stage '${stage}': ${problems.join('; ')}`);
  return keys;
}

function read(file: string) {
  try {
    return parseSigningKeyLock(readFileSync(file, 'utf8'));
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

const invalid = (message: string) => new LocalError('SIGNING_KEYS_INVALID', message);

/** Makes the keys that do not exist yet, and reads their public halves, as a deployment does. */
export async function publishLocalKeys(kms: KMSClient, keys: readonly SigningKeyConfig[]): Promise<PublishedKey[]> {
  const created = [];
  for (const { id, algorithm, state } of keys) {
    const keyArn = await createSigningKey(kms, `alias/gatehouse-signing-${id}`, algorithm);
    created.push({ id, algorithm, state, keyArn });
  }
  return publishKeys(kms, created);
}
