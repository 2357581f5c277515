import { generateKeyPairSync, sign } from 'node:crypto';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { type SigningAlgorithm, signingAlgorithms } from '../../../contract/signing.ts';
import { createKeySet, type VerificationKey } from '../../../lambda/tokens/key-set.ts';
import { publishKeys } from '../../../lambda/tokens/publish-keys.ts';
import { maxSigningInputBytes, signToken } from '../../../lambda/tokens/sign-token.ts';
import { type LocalAws, startAws } from '../../../local/aws/server.ts';
import { awsConfig } from '../../support/tables.ts';

let aws: LocalAws;
let kms: KMSClient;
beforeAll(async () => {
  aws = await startAws();
  kms = new KMSClient({ ...awsConfig(aws.endpoint), maxAttempts: 1 });
});
afterAll(async () => {
  kms.destroy();
  await aws.stop();
});

async function createKey(algorithm: SigningAlgorithm): Promise<VerificationKey> {
  const { keySpec } = signingAlgorithms[algorithm];
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: keySpec, KeyUsage: 'SIGN_VERIFY' }));
  const keys = [{ id: '2026-11', algorithm, state: 'active', keyArn: KeyMetadata!.Arn! }] as const;
  return (await createKeySet(await publishKeys(kms, keys))).activeKey();
}

/** A client whose KMS answers every Sign with the given bytes. */
function lyingKms(signature: (message: Uint8Array) => Uint8Array): KMSClient {
  const client = new KMSClient({ ...awsConfig(aws.endpoint), maxAttempts: 1 });
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      Object.assign(result.output, { Signature: signature((args.input as { Message: Uint8Array }).Message) });
      return result;
    },
    { step: 'initialize' },
  );
  return client;
}

const payload = {
  sub: 'user',
  iss: 'https://auth.example.com',
  aud: 'https://auth.example.com',
  iat: 1,
  exp: 9_999_999_999,
};

describe('signToken', () => {
  test.each(Object.keys(signingAlgorithms) as SigningAlgorithm[])('%s verifies with jose', async (algorithm) => {
    const key = await createKey(algorithm);
    const token = await signToken({ kms, key, payload });
    expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, kid: key.kid, typ: 'JWT' });
    const verified = await jwtVerify(token, createLocalJWKSet({ keys: [key.jwk] }), { issuer: payload.iss });
    expect(verified.payload).toEqual(payload);
  });

  test('names a key by its RFC 7638 thumbprint and publishes no private part', async () => {
    const { jwk, kid } = await createKey('ES256');
    expect(jwk).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid,
      alg: 'ES256',
      use: 'sig',
    });
    expect(kid).toMatch(/^[\w-]{43}$/);
  });

  test('carries another typ when asked', async () => {
    const token = await signToken({ kms, key: await createKey('ES256'), payload, typ: 'logout+jwt' });
    expect(decodeProtectedHeader(token).typ).toBe('logout+jwt');
  });

  test('refuses a signature by another key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = await createKey('ES256');
    const kms = lyingKms((message) => sign('sha256', message, privateKey));
    await expect(signToken({ kms, key, payload })).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  test('refuses a signature that is not DER', async () => {
    const kms = lyingKms(() => Buffer.alloc(64, 1));
    const token = signToken({ kms, key: await createKey('ES256'), payload });
    await expect(token).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  test('fails as unavailable when KMS refuses, without quoting the payload', async () => {
    const key = await createKey('ES256');
    await kms.send(new DisableKeyCommand({ KeyId: key.keyArn }));
    const token = signToken({ kms, key, payload: { ...payload, sub: 'canary-subject' } });
    await expect(token).rejects.toMatchObject({
      code: 'SIGNING_UNAVAILABLE',
      message: expect.not.stringContaining('canary'),
    });
  });

  test('refuses a payload that KMS could not take, before it asks', async () => {
    const fat = { ...payload, note: 'x'.repeat(maxSigningInputBytes) };
    const token = signToken({ kms, key: await createKey('EdDSA'), payload: fat });
    await expect(token).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });
});
