import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { JSONWebKeySet, VerificationAlgorithm, VerifierOptions } from '../../verify/index.ts';

export const issuer = 'https://auth.example.com/prod';
export const audience = 'https://api.example.com';
/** Seconds since 1970, at which the clock of these tests stands. */
export const now = 1_800_000_000;
export const clock = () => new Date(now * 1000);

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: VerificationAlgorithm;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function signingKey(kid: string, algorithm: VerificationAlgorithm = 'ES256'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { kid, algorithm, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' } };
}

export const keySetOf = (...keys: SigningKey[]) => ({ keys: keys.map(({ jwk }) => jwk) }) as unknown as JSONWebKeySet;

export const goodClaims = { iss: issuer, aud: audience, sub: 'user-1', iat: now, exp: now + 900, jti: 'token-1' };

export const base64url = (part: string | object) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** Signs any bytes as the payload, with any header that jose agrees to. */
export const signed = (key: SigningKey, payload: string | object = goodClaims, header: object = {}): Promise<string> =>
  new CompactSign(new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)))
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);

/** Signs a header as it is written, so that it may say anything. */
export async function signedRaw(key: SigningKey, header: string, payload: string | object = goodClaims) {
  const input = `${base64url(header)}.${base64url(payload)}`;
  const parameters = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(parameters, key.privateKey, new TextEncoder().encode(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

export const optionsFor = (...keys: SigningKey[]) =>
  ({ issuer, audience, jwks: keySetOf(...keys), now: clock }) satisfies VerifierOptions;
