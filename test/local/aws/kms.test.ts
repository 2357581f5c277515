import {
  createHash,
  createPublicKey,
  constants as cryptoConstants,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GetPublicKeyCommand,
  ListKeysCommand,
  type MessageType,
  ScheduleKeyDeletionCommand,
  SignCommand,
  type SigningAlgorithmSpec,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signingAlgorithms } from '../../../contract/signing.ts';
import { type AwsWithClients, startWithClients } from './clients.ts';

let aws: AwsWithClients;
let clock = Date.UTC(2026, 0, 1);
beforeAll(async () => {
  aws = await startWithClients({ now: () => clock });
});
afterAll(() => aws.stop());

async function createKey(KeySpec: CreateKeyCommandInput['KeySpec']): Promise<string> {
  const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({ KeySpec, KeyUsage: 'SIGN_VERIFY' }));
  return KeyMetadata!.Arn!;
}

async function publicKey(KeyId: string): Promise<KeyObject> {
  const { PublicKey } = await aws.kms.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
}

async function signed(
  KeyId: string,
  SigningAlgorithm: SigningAlgorithmSpec,
  MessageType: MessageType,
  Message: Buffer,
) {
  const { Signature } = await aws.kms.send(new SignCommand({ KeyId, SigningAlgorithm, MessageType, Message }));
  return Buffer.from(Signature!);
}

const message = Buffer.from('a message to sign');
const sha = (bits: number) => createHash(`sha${bits}`).update(message).digest();
const pss = { padding: cryptoConstants.RSA_PKCS1_PSS_PADDING, saltLength: cryptoConstants.RSA_PSS_SALTLEN_DIGEST };

describe.each(Object.entries(signingAlgorithms))('%s', (name, { keySpec, kmsAlgorithm, messageType, digest }) => {
  const content = digest ? sha(Number(digest.slice(3))) : message;
  const options = name === 'PS256' ? pss : {};
  let key: string;
  beforeAll(async () => {
    key = await createKey(keySpec);
  });

  test('signs what the contract makes of a message, so that node:crypto verifies it', async () => {
    const signature = await signed(key, kmsAlgorithm, messageType, content);
    expect(verify(digest, message, { key: await publicKey(key), ...options }, signature)).toBe(true);
  });

  test('verifies its own signatures, and refuses one that was changed', async () => {
    const Signature = await signed(key, kmsAlgorithm, messageType, content);
    const command = { KeyId: key, SigningAlgorithm: kmsAlgorithm, MessageType: messageType, Message: content };
    await expect(aws.kms.send(new VerifyCommand({ ...command, Signature }))).resolves.toMatchObject({
      SignatureValid: true,
    });
    const changed = Buffer.from(Signature);
    changed[changed.length - 1]! ^= 1;
    const refused = aws.kms.send(new VerifyCommand({ ...command, Signature: changed }));
    await expect(refused).rejects.toMatchObject({ name: 'KMSInvalidSignatureException' });
  });

  test('lists the algorithm with the public key', async () => {
    const answer = await aws.kms.send(new GetPublicKeyCommand({ KeyId: key }));
    expect(answer).toMatchObject({ KeySpec: keySpec, KeyUsage: 'SIGN_VERIFY' });
    expect(answer.SigningAlgorithms).toContain(kmsAlgorithm);
  });
});

describe('signatures', () => {
  test('Ed25519 is 64 raw bytes, ECDSA is DER', async () => {
    const ed25519 = await signed(await createKey('ECC_NIST_EDWARDS25519'), 'ED25519_SHA_512', 'RAW', message);
    expect(ed25519).toHaveLength(64);
    const ecdsa = await signed(await createKey('ECC_NIST_P256'), 'ECDSA_SHA_256', 'DIGEST', sha(256));
    expect([...ecdsa.subarray(0, 2)]).toEqual([0x30, ecdsa.length - 2]);
  });

  test('ECDSA holds for many signatures: leading zeros and high bits included', async () => {
    const key = await createKey('ECC_NIST_P256');
    const verifier = await publicKey(key);
    for (let round = 0; round < 300; round++) {
      const signature = await signed(key, 'ECDSA_SHA_256', 'RAW', Buffer.from(`message ${round}`));
      expect(verify('sha256', Buffer.from(`message ${round}`), verifier, signature)).toBe(true);
    }
  });

  test.each([384, 512] as const)('RSA takes SHA-%d too, as PKCS #1 v1.5 and PSS', async (bits) => {
    const key = await createKey('RSA_2048');
    const verifier = await publicKey(key);
    const pkcs1 = await signed(key, `RSASSA_PKCS1_V1_5_SHA_${bits}`, 'RAW', message);
    expect(verify(`sha${bits}`, message, verifier, pkcs1)).toBe(true);
    const probabilistic = await signed(key, `RSASSA_PSS_SHA_${bits}`, 'DIGEST', sha(bits));
    expect(verify(`sha${bits}`, message, { key: verifier, ...pss }, probabilistic)).toBe(true);
  });

  test('bytes that are no signature do not verify', async () => {
    const key = await createKey('ECC_NIST_P256');
    for (const Signature of [Buffer.from([0]), Buffer.from('3000', 'hex'), Buffer.from('3006020100020100', 'hex')]) {
      const command = new VerifyCommand({ KeyId: key, SigningAlgorithm: 'ECDSA_SHA_256', Message: message, Signature });
      await expect(aws.kms.send(command)).rejects.toMatchObject({ name: 'KMSInvalidSignatureException' });
    }
  });
});

describe('refused, as KMS refuses', () => {
  const sign = async (
    spec: CreateKeyCommandInput['KeySpec'],
    algorithm: SigningAlgorithmSpec,
    type: MessageType,
    size: number,
  ) => signed(await createKey(spec), algorithm, type, Buffer.alloc(size, 1));

  test.each([
    ['an algorithm of another key spec', 'ECC_NIST_P256', 'ECDSA_SHA_512', 'DIGEST', 64, 'InvalidKeyUsageException'],
    ['an ECDSA algorithm for an RSA key', 'RSA_2048', 'ECDSA_SHA_256', 'DIGEST', 32, 'InvalidKeyUsageException'],
    ['ED25519_SHA_512 with DIGEST', 'ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'DIGEST', 64, 'ValidationException'],
    ['a RAW message of 4,097 bytes', 'ECC_NIST_P256', 'ECDSA_SHA_256', 'RAW', 4_097, 'ValidationException'],
    ['a digest that is too short', 'ECC_NIST_P256', 'ECDSA_SHA_256', 'DIGEST', 31, 'ValidationException'],
    ['a digest of another hash', 'RSA_2048', 'RSASSA_PSS_SHA_256', 'DIGEST', 64, 'ValidationException'],
    ['an empty message', 'ECC_NIST_P256', 'ECDSA_SHA_256', 'RAW', 0, 'ValidationException'],
    [
      'the prehashed Ed25519',
      'ECC_NIST_EDWARDS25519',
      'ED25519_PH_SHA_512',
      'DIGEST',
      64,
      'UnsupportedOperationException',
    ],
  ] as const)('%s', async (_, spec, algorithm, type, size, name) => {
    await expect(sign(spec, algorithm, type, size)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });

  test('a RAW message of 4,096 bytes is allowed', async () => {
    await expect(sign('ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'RAW', 4_096)).resolves.toHaveLength(64);
  });

  test.each([
    ['no KeyUsage', { KeySpec: 'ECC_NIST_P256' }, 'ValidationException'],
    ['a KeyUsage that does not fit', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'ENCRYPT_DECRYPT' }, 'ValidationException'],
    ['a KeySpec that is not served', { KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }, 'UnsupportedOperationException'],
    ['no KeySpec, which means a symmetric key', {}, 'UnsupportedOperationException'],
  ] as const)('CreateKey with %s', async (_, input, name) => {
    await expect(aws.kms.send(new CreateKeyCommand(input))).rejects.toMatchObject({ name });
  });

  test('an operation that is not served', async () => {
    await expect(aws.kms.send(new ListKeysCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  test.each(['no-such-key', 'alias/none', 'toString', 'alias/__proto__'])('the key %s', async (KeyId) => {
    await expect(aws.kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('key states', () => {
  const state = async (KeyId: string) => (await aws.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
  const sign = (key: string) => signed(key, 'ECDSA_SHA_256', 'DIGEST', sha(256));

  test('a disabled key neither signs nor shows its public key, until it is enabled', async () => {
    const KeyId = await createKey('ECC_NIST_P256');
    await aws.kms.send(new DisableKeyCommand({ KeyId }));
    await expect(sign(KeyId)).rejects.toMatchObject({ name: 'DisabledException' });
    await expect(publicKey(KeyId)).rejects.toMatchObject({ name: 'DisabledException' });
    await aws.kms.send(new EnableKeyCommand({ KeyId }));
    await expect(sign(KeyId)).resolves.toBeDefined();
  });

  test('a key that waits for its deletion does not sign; saved from it, it is disabled', async () => {
    const KeyId = await createKey('ECC_NIST_P256');
    const answer = await aws.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(answer.DeletionDate).toEqual(new Date(clock + 7 * 86_400_000));
    for (const refused of [sign(KeyId), aws.kms.send(new EnableKeyCommand({ KeyId }))]) {
      await expect(refused).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    }
    await aws.kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect(await state(KeyId)).toBe('Disabled');
  });

  test('after the waiting period the key is gone', async () => {
    const KeyId = await createKey('ECC_NIST_P256');
    await aws.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    clock += 7 * 86_400_000;
    await expect(state(KeyId)).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  test.each([6, 31])('a waiting period of %d days is refused', async (PendingWindowInDays) => {
    const KeyId = await createKey('ECC_NIST_P256');
    const command = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays });
    await expect(aws.kms.send(command)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await state(KeyId)).toBe('Enabled');
  });

  test('cancelling what is not scheduled is refused', async () => {
    const KeyId = await createKey('ECC_NIST_P256');
    const command = new CancelKeyDeletionCommand({ KeyId });
    await expect(aws.kms.send(command)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
  });
});

test('an alias names a key, once', async () => {
  const arn = await createKey('ECC_NIST_P256');
  const alias = new CreateAliasCommand({ AliasName: 'alias/signing', TargetKeyId: arn });
  await aws.kms.send(alias);
  const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId: 'alias/signing' }));
  expect(KeyMetadata?.Arn).toBe(arn);
  await expect(aws.kms.send(alias)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
});

test('Verify agrees with node:crypto on signatures that others made', async () => {
  const KeyId = await createKey('ECC_NIST_P521');
  const foreign = sign('sha512', message, generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey);
  const command = new VerifyCommand({ KeyId, SigningAlgorithm: 'ECDSA_SHA_512', Message: message, Signature: foreign });
  await expect(aws.kms.send(command)).rejects.toMatchObject({ name: 'KMSInvalidSignatureException' });
});
