import { constants, createHash, verify } from 'node:crypto';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { JWTPayload } from 'jose';
import { type SigningAlgorithm, signingAlgorithms } from '../../contract/signing.ts';
import { derToJose } from './der-to-jose.ts';
import type { VerificationKey } from './key-set.ts';
import { within } from './within.ts';

/** The largest JWS signing input, in bytes: what KMS takes as a RAW message, held for every algorithm alike. */
export const maxSigningInputBytes = 4096;

/**
 * Milliseconds that KMS gets for one token, retries and the pauses between them included. Well below the function's own limit,
 * so that a slow KMS becomes a 503 that says when to try again and not a time-out.
 */
export const signingBudget = 3_000;

export type SigningErrorCode = 'SIGNING_UNAVAILABLE' | 'SIGNATURE_INVALID' | 'PAYLOAD_TOO_LARGE';

/** A token could not be signed. The message never holds the payload. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
  constructor(
    readonly code: SigningErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface SignTokenInput {
  readonly kms: Pick<KMSClient, 'send'>;
  readonly key: VerificationKey;
  readonly payload: JWTPayload;
  /** The `typ` header parameter (RFC 7519 section 5.1). @default 'JWT' */
  readonly typ?: string | undefined;
  /** Milliseconds for KMS to answer. @default - `signingBudget` */
  readonly budget?: number;
}

/**
 * Signs a JWT in KMS, in one request, as a compact JWS (RFC 7515). The signature is checked against the published public key
 * before the token leaves, so that a fault or a swapped key is noticed here and not by every resource server.
 * Throws `SigningError`.
 */
export async function signToken({
  kms,
  key,
  payload,
  typ = 'JWT',
  budget = signingBudget,
}: SignTokenInput): Promise<string> {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = Buffer.from(`${encode({ alg: key.algorithm, kid: key.kid, typ })}.${encode(payload)}`);
  if (input.length > maxSigningInputBytes) {
    throw new SigningError(
      'PAYLOAD_TOO_LARGE',
      `the token to sign has ${input.length} bytes; allowed are ${maxSigningInputBytes}`,
    );
  }
  const signature = joseSignature(key.algorithm, await kmsSignature(kms, key, input, budget));
  if (!verifies(key, input, signature)) {
    throw new SigningError('SIGNATURE_INVALID', `KMS returned a signature that key '${key.id}' does not verify`);
  }
  return `${input}.${signature.toString('base64url')}`;
}

async function kmsSignature(
  kms: SignTokenInput['kms'],
  key: VerificationKey,
  input: Buffer,
  budget: number,
): Promise<Uint8Array> {
  const { kmsAlgorithm, messageType, digest } = signingAlgorithms[key.algorithm];
  const message = digest ? createHash(digest).update(input).digest() : input;
  try {
    const { SignCommand } = await import('./kms-client.ts');
    const command = new SignCommand({
      KeyId: key.keyArn,
      Message: message,
      MessageType: messageType,
      SigningAlgorithm: kmsAlgorithm,
    });
    const { Signature } = await within(budget, (abortSignal) => kms.send(command, { abortSignal }));
    if (Signature) return Signature;
  } catch (cause) {
    throw new SigningError('SIGNING_UNAVAILABLE', `KMS did not sign with key '${key.id}'`, { cause });
  }
  throw new SigningError('SIGNING_UNAVAILABLE', `KMS returned no signature for key '${key.id}'`);
}

const ecdsaPartBytes: Partial<Record<SigningAlgorithm, number>> = { ES256: 32, ES512: 66 };

function joseSignature(algorithm: SigningAlgorithm, signature: Uint8Array): Buffer {
  const partBytes = ecdsaPartBytes[algorithm];
  if (!partBytes) return Buffer.from(signature);
  try {
    return derToJose(signature, partBytes);
  } catch (cause) {
    throw new SigningError('SIGNATURE_INVALID', 'KMS returned an ECDSA signature that is not DER', { cause });
  }
}

function verifies(key: VerificationKey, input: Buffer, signature: Buffer): boolean {
  return verify(
    signingAlgorithms[key.algorithm].digest,
    input,
    {
      key: key.publicKeyObject,
      dsaEncoding: 'ieee-p1363',
      ...(key.algorithm === 'PS256' && {
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      }),
    },
    signature,
  );
}
