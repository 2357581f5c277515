import { blob, optionalInteger, optionalText, text } from './input.ts';
import {
  generatePrivateKey,
  type KeySpec,
  keySpecs,
  type MessageType,
  publicKeyOf,
  signMessage,
  verifyMessage,
} from './kms-algorithms.ts';
import { type KeyStore, keyArn, keyStore, refusePendingDeletion } from './kms-keys.ts';
import { AwsError, account, type Input, type JsonService, timestamp } from './protocol.ts';
import type { StateStore, StoredKey } from './state.ts';

const day = 24 * 60 * 60 * 1_000;

/** AWS KMS: asymmetric signing keys, their states, and signatures. Source: AWS KMS API Reference, "Key states of AWS KMS keys". */
export function kms(store: StateStore, now: () => number): JsonService {
  const keys = keyStore(store, now);
  return {
    targetPrefix: 'TrentService',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      CreateKey: (input) => createKey(keys, input),
      CreateAlias: (input) => {
        keys.alias(
          text(input, 'AliasName', { pattern: /^alias\/(?!aws\/)[a-zA-Z0-9/_-]{1,250}$/ }),
          keys.find(keyId(input, 'TargetKeyId')),
        );
        return {};
      },
      DescribeKey: (input) => ({ KeyMetadata: metadata(keys.find(keyId(input))) }),
      GetPublicKey: (input) => getPublicKey(keys.findUsable(keyId(input))),
      Sign: (input) => signOperation(keys, input),
      Verify: (input) => verifyOperation(keys, input),
      EnableKey: (input) => changeState(keys, input, 'Enabled'),
      DisableKey: (input) => changeState(keys, input, 'Disabled'),
      ScheduleKeyDeletion: (input) => scheduleDeletion(keys, input, now()),
      CancelKeyDeletion: (input) => cancelDeletion(keys, input),
    },
  };
}

const keyId = (input: Input, member = 'KeyId') => text(input, member, { min: 1, max: 2_048 });

async function createKey(keys: KeyStore, input: Input): Promise<object> {
  const spec = optionalText(input, 'KeySpec') ?? optionalText(input, 'CustomerMasterKeySpec') ?? 'SYMMETRIC_DEFAULT';
  if (!Object.hasOwn(keySpecs, spec)) {
    throw new AwsError(
      'UnsupportedOperationException',
      `KeySpec ${spec} is not served locally; served are ${Object.keys(keySpecs).join(', ')}.`,
    );
  }
  const usage = optionalText(input, 'KeyUsage');
  if (usage === undefined)
    throw new AwsError('ValidationException', 'You must specify a KeyUsage value for an asymmetric CMK.');
  if (usage !== 'SIGN_VERIFY') {
    throw new AwsError('ValidationException', `KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
  }
  const description = optionalText(input, 'Description', { max: 8_192 }) ?? '';
  const key = keys.create(spec as KeySpec, description, await generatePrivateKey(spec as KeySpec));
  return { KeyMetadata: metadata(key) };
}

const getPublicKey = (key: StoredKey) => ({
  KeyId: keyArn(key),
  PublicKey: publicKeyOf(key.privateKey).toString('base64'),
  KeySpec: key.spec,
  CustomerMasterKeySpec: key.spec,
  KeyUsage: 'SIGN_VERIFY',
  SigningAlgorithms: keySpecs[key.spec as KeySpec],
});

/** What Sign and Verify have in common: the message, how it is given, and the algorithm, which must fit the key. */
function signature(keys: KeyStore, input: Input) {
  const message = blob(input, 'Message', { min: 1, max: 4_096 });
  const type = (optionalText(input, 'MessageType', { oneOf: ['RAW', 'DIGEST', 'EXTERNAL_MU'] }) ??
    'RAW') as MessageType;
  const algorithm = text(input, 'SigningAlgorithm', { oneOf: Object.values(keySpecs).flat() });
  const key = keys.findUsable(keyId(input));
  const allowed: readonly string[] = keySpecs[key.spec as KeySpec];
  if (!allowed.includes(algorithm)) {
    throw new AwsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
  }
  return { message, type, algorithm, key };
}

function signOperation(keys: KeyStore, input: Input): object {
  const { key, algorithm, type, message } = signature(keys, input);
  return {
    KeyId: keyArn(key),
    Signature: signMessage(key.privateKey, algorithm, type, message).toString('base64'),
    SigningAlgorithm: algorithm,
  };
}

function verifyOperation(keys: KeyStore, input: Input): object {
  const bytes = blob(input, 'Signature', { min: 1, max: 6_144 });
  const { key, algorithm, type, message } = signature(keys, input);
  if (!verifyMessage(key.privateKey, algorithm, type, message, bytes))
    throw new AwsError('KMSInvalidSignatureException', '');
  return { KeyId: keyArn(key), SignatureValid: true, SigningAlgorithm: algorithm };
}

function changeState(keys: KeyStore, input: Input, state: 'Enabled' | 'Disabled'): object {
  const key = keys.find(keyId(input));
  refusePendingDeletion(key);
  key.state = state;
  keys.save();
  return {};
}

function scheduleDeletion(keys: KeyStore, input: Input, at: number): object {
  const window = optionalInteger(input, 'PendingWindowInDays', { min: 7, max: 30 }) ?? 30;
  const key = keys.find(keyId(input));
  refusePendingDeletion(key);
  key.state = 'PendingDeletion';
  key.deletionAt = at + window * day;
  keys.save();
  return {
    KeyId: keyArn(key),
    KeyState: key.state,
    DeletionDate: timestamp(key.deletionAt),
    PendingWindowInDays: window,
  };
}

/** A key that was saved from deletion stays disabled until EnableKey. */
function cancelDeletion(keys: KeyStore, input: Input): object {
  const key = keys.find(keyId(input));
  if (key.state !== 'PendingDeletion')
    throw new AwsError('KMSInvalidStateException', `${keyArn(key)} is not pending deletion.`);
  key.state = 'Disabled';
  delete key.deletionAt;
  keys.save();
  return { KeyId: keyArn(key) };
}

const metadata = (key: StoredKey) => ({
  AWSAccountId: account,
  Arn: keyArn(key),
  KeyId: key.keyId,
  CreationDate: timestamp(key.createdAt),
  Description: key.description,
  Enabled: key.state === 'Enabled',
  KeyState: key.state,
  ...(key.deletionAt !== undefined && { DeletionDate: timestamp(key.deletionAt) }),
  KeyManager: 'CUSTOMER',
  Origin: 'AWS_KMS',
  MultiRegion: false,
  KeySpec: key.spec,
  CustomerMasterKeySpec: key.spec,
  KeyUsage: 'SIGN_VERIFY',
  SigningAlgorithms: keySpecs[key.spec as KeySpec],
});
