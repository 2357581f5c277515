import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { JwtVerifier } from 'aws-jwt-verify';
import { type SigningAlgorithm, signingAlgorithms } from '../../../contract/signing.ts';
import { createKeySet, type VerificationKey } from '../../../lambda/tokens/key-set.ts';
import { signToken } from '../../../lambda/tokens/sign-token.ts';
import { type LocalAws, startAws } from '../../../local/aws/server.ts';
import { awsConfig } from '../../support/tables.ts';
import { publishedKey } from './keys.ts';

const issuer = 'https://auth.example.com';
const audience = 'https://api.example.com';

let aws: LocalAws;
let kms: KMSClient;
let folder: string;
beforeAll(async () => {
  aws = await startAws();
  kms = new KMSClient({ ...awsConfig(aws.endpoint), maxAttempts: 1 });
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
});
afterAll(async () => {
  kms.destroy();
  await aws.stop();
  rmSync(folder, { recursive: true });
});

async function signed(algorithm: SigningAlgorithm): Promise<{ token: string; key: VerificationKey }> {
  const key = (await createKeySet([await publishedKey(kms, 'key', algorithm)])).activeKey();
  const iat = Math.floor(Date.now() / 1000);
  const payload = { iss: issuer, aud: audience, sub: 'user', iat, exp: iat + 900 };
  return { token: await signToken({ kms, key, payload }), key };
}

const all = Object.keys(signingAlgorithms) as SigningAlgorithm[];
const tampered = (token: string) =>
  token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"root"}').toString('base64url')}.`);

describe('aws-jwt-verify', () => {
  // Of ours it knows all but PS256.
  test.each(all.filter((algorithm) => algorithm !== 'PS256'))('verifies %s', async (algorithm) => {
    const { token, key } = await signed(algorithm);
    const jwksUri = `${issuer}/.well-known/jwks.json`;
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri });
    verifier.cacheJwks({ keys: [key.jwk] } as Parameters<typeof verifier.cacheJwks>[0]);
    await expect(verifier.verify(token)).resolves.toMatchObject({ sub: 'user' });
    await expect(verifier.verify(tampered(token))).rejects.toThrow(/signature/i);
  });
});

const missing = spawnSync('openssl', ['version']).error !== undefined;
if (missing) console.warn('not checked, for want of openssl: that it verifies every algorithm');

describe('OpenSSL', () => {
  (missing && !process.env.CI ? test.skip : test).each(all)(
    'verifies %s, from the published key',
    async (algorithm) => {
      const { token, key } = await signed(algorithm);
      expect(opensslVerifies(algorithm, token, key)).toBe(true);
      expect(opensslVerifies(algorithm, tampered(token), key)).toBe(false);
      expect(opensslVerifies(algorithm, token, (await signed(algorithm)).key)).toBe(false);
    },
  );
});

function opensslVerifies(algorithm: SigningAlgorithm, token: string, { jwk }: VerificationKey): boolean {
  const [input, encoded] = token.split(/\.(?=[^.]+$)/) as [string, string];
  const signature = Buffer.from(encoded, 'base64url');
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const key = file('key.pem', createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'pem', type: 'spki' }));
  const data = file('data', input);
  const der = file('signature', algorithm.startsWith('ES') ? joseToDer(signature) : signature);
  const { digest } = signingAlgorithms[algorithm];
  const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'];
  const command = digest
    ? ['dgst', `-${digest}`, ...(algorithm === 'PS256' ? pss : []), '-verify', key, '-signature', der, data]
    : ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', data, '-sigfile', der];
  try {
    return /^(Verified OK|Signature Verified Successfully)$/m.test(
      execFileSync('openssl', command, { stdio: 'pipe' }).toString(),
    );
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: Buffer; stderr: Buffer };
    if (status === 1 && /^(Verification failure|Signature Verification Failure)/im.test(`${stdout}\n${stderr}`))
      return false;
    throw error;
  }
}

/** RFC 7518 section 3.4 backwards, written apart from the code under test: r‖s to SEQUENCE { INTEGER r, INTEGER s }. */
function joseToDer(signature: Buffer): Buffer {
  const value = (tag: number, content: Buffer) =>
    Buffer.concat([Buffer.from(content.length < 128 ? [tag, content.length] : [tag, 0x81, content.length]), content]);
  const integer = (part: Buffer) => {
    const hex = BigInt(`0x${part.toString('hex')}`).toString(16);
    const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
    return value(0x02, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
  };
  const half = signature.length / 2;
  return value(0x30, Buffer.concat([integer(signature.subarray(0, half)), integer(signature.subarray(half))]));
}
