import { randomUUID } from 'node:crypto';
import type { KeySpec } from './kms-algorithms.ts';
import { AwsError, account, region } from './protocol.ts';
import type { StateStore, StoredKey } from './state.ts';

const arnPrefix = `arn:aws:kms:${region}:${account}:`;

export const keyArn = (key: StoredKey): string => `${arnPrefix}key/${key.keyId}`;

export interface KeyStore {
  create(spec: KeySpec, description: string, privateKey: string): StoredKey;
  /** @param id key id, key ARN, alias name or alias ARN. */
  find(id: string): StoredKey;
  /** @throws AwsError DisabledException or KMSInvalidStateException, unless the key is enabled. */
  findUsable(id: string): StoredKey;
  alias(name: string, key: StoredKey): void;
  save(): void;
}

export function keyStore({ state, save }: StateStore, now: () => number): KeyStore {
  const find = (id: string): StoredKey => {
    const name = id.startsWith(arnPrefix) ? id.slice(arnPrefix.length).replace(/^key\//, '') : id;
    const keyId = name.startsWith('alias/') ? own(state.aliases, name) : name;
    const key = keyId === undefined ? undefined : own(state.keys, keyId);
    if (key && !(key.deletionAt !== undefined && key.deletionAt <= now())) return key;
    throw new AwsError('NotFoundException', `${name.startsWith('alias/') ? 'Alias' : 'Key'} '${id}' does not exist`);
  };
  return {
    find,
    save,
    findUsable(id) {
      const key = find(id);
      if (key.state === 'Disabled') throw new AwsError('DisabledException', `${keyArn(key)} is disabled.`);
      refusePendingDeletion(key);
      return key;
    },
    create(spec, description, privateKey) {
      const key: StoredKey = { keyId: randomUUID(), spec, description, createdAt: now(), state: 'Enabled', privateKey };
      state.keys[key.keyId] = key;
      save();
      return key;
    },
    alias(name, key) {
      if (own(state.aliases, name))
        throw new AwsError('AlreadyExistsException', `An alias with the name ${arnPrefix}${name} already exists`);
      state.aliases[name] = key.keyId;
      save();
    },
  };
}

export function refusePendingDeletion(key: StoredKey): void {
  if (key.state === 'PendingDeletion')
    throw new AwsError('KMSInvalidStateException', `${keyArn(key)} is pending deletion.`);
}

const own = <T>(record: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
