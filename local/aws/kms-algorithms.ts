import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { promisify } from 'node:util';
import * as ecdsa from './ecdsa.ts';
import { AwsError } from './protocol.ts';
import * as rsa from './rsa.ts';

/** Key specs that are served, each with the signing algorithms that KMS lists for it. Source: AWS KMS API, CreateKey and Sign. */
export const keySpecs = {
  ECC_NIST_P256: ['ECDSA_SHA_256'],
  ECC_NIST_P521: ['ECDSA_SHA_512'],
  ECC_NIST_EDWARDS25519: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
  RSA_2048: [
    'RSASSA_PKCS1_V1_5_SHA_256',
    'RSASSA_PKCS1_V1_5_SHA_384',
    'RSASSA_PKCS1_V1_5_SHA_512',
    'RSASSA_PSS_SHA_256',
    'RSASSA_PSS_SHA_384',
    'RSASSA_PSS_SHA_512',
  ],
} as const satisfies Record<string, readonly string[]>;

export type KeySpec = keyof typeof keySpecs;
export type MessageType = 'RAW' | 'DIGEST';

const generate = promisify(generateKeyPair);

/** @returns PKCS #8, PEM. */
export async function generatePrivateKey(spec: KeySpec): Promise<string> {
  const { privateKey } = await {
    ECC_NIST_P256: () => generate('ec', { namedCurve: 'P-256' }),
    ECC_NIST_P521: () => generate('ec', { namedCurve: 'P-521' }),
    ECC_NIST_EDWARDS25519: () => generate('ed25519'),
    RSA_2048: () => generate('rsa', { modulusLength: 2048 }),
  }[spec]();
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** @returns SubjectPublicKeyInfo, DER. */
export const publicKeyOf = (privateKey: string): Buffer =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'der' });

export function signMessage(pem: string, algorithm: string, type: MessageType, message: Buffer): Buffer {
  const key = createPrivateKey(pem);
  if (algorithm === 'ED25519_SHA_512') return sign(null, ed25519Message(type, message), key);
  const digest = digestOf(algorithm, type, message);
  const padding = rsaPadding(algorithm);
  return padding
    ? rsa.signDigest(padding, hashOf(algorithm), key, digest)
    : ecdsa.signDigest(curveOf(key), key, digest);
}

export function verifyMessage(
  pem: string,
  algorithm: string,
  type: MessageType,
  message: Buffer,
  signature: Buffer,
): boolean {
  const key = createPublicKey(pem);
  if (algorithm === 'ED25519_SHA_512') return verify(null, ed25519Message(type, message), key, signature);
  const digest = digestOf(algorithm, type, message);
  const padding = rsaPadding(algorithm);
  return padding
    ? rsa.verifyDigest(padding, hashOf(algorithm), key, digest, signature)
    : ecdsa.verifyDigest(curveOf(key), key, digest, signature);
}

function ed25519Message(type: MessageType, message: Buffer): Buffer {
  if (type === 'RAW') return message;
  throw new AwsError(
    'ValidationException',
    'MessageType DIGEST is not supported for algorithm ED25519_SHA_512; it must be RAW.',
  );
}

function digestOf(algorithm: string, type: MessageType, message: Buffer): Buffer {
  const hash = hashOf(algorithm);
  if (type === 'RAW') return createHash(hash).update(message).digest();
  if (message.length * 8 === Number(hash.slice(3))) return message;
  throw new AwsError('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`);
}

function hashOf(algorithm: string): rsa.RsaHash {
  const hash = /^(?:ECDSA|RSASSA_PKCS1_V1_5|RSASSA_PSS)_SHA_(256|384|512)$/.exec(algorithm)?.[1];
  if (hash) return `sha${hash as '256' | '384' | '512'}`;
  throw new AwsError('UnsupportedOperationException', `${algorithm} is not served locally.`);
}

const rsaPadding = (algorithm: string) => /^RSASSA_(PKCS1_V1_5|PSS)/.exec(algorithm)?.[1] as rsa.RsaPadding | undefined;

const curveOf = (key: KeyObject): ecdsa.CurveName =>
  key.asymmetricKeyDetails?.namedCurve === 'secp521r1' ? 'P-521' : 'P-256';
