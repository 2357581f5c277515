import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader, errors } from 'jose';
import { tokenLifetime } from '../../../contract/signing.ts';
import type { FlowTarget } from '../flow-target.ts';
import { type Device, resident, signedIn } from '../person.ts';
import { expectAudited, send } from '../requests.ts';
import { awsVerifier, joseVerifier } from '../verifiers.ts';

/** Tokens as resource servers see them, through the libraries that they use. */
export function tokens(target: () => FlowTarget): void {
  describe('tokens', () => {
    let device: Device;
    let token: string;

    const newToken = async () => {
      const { data, error } = await device.client.token();
      expect(error).toBeNull();
      return data!.token;
    };

    beforeAll(async () => {
      device = await signedIn(target(), await resident(target()));
      token = await newToken();
    });

    test('jose accepts one by issuer, audience and published keys', async () => {
      const { data: session } = await device.client.getSession();
      const payload = await joseVerifier(target()).verify(token);
      expect(payload).toMatchObject({ sub: session?.user.id, email: session?.user.email, jti: expect.any(String) });
      expect(payload.exp! - payload.iat!).toBe(tokenLifetime);
    });

    test('aws-jwt-verify accepts the same token', async () => {
      const accepted = await joseVerifier(target()).verify(token);
      expect(await awsVerifier(target()).verify(token)).toEqual(accepted);
    });

    test('neither accepts it changed, or for another audience', async () => {
      const [header, payload, signature] = token.split('.') as [string, string, string];
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
      const changed = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url');
      const forged = `${header}.${changed}.${signature}`;
      await expect(joseVerifier(target()).verify(forged)).rejects.toThrow(errors.JWSSignatureVerificationFailed);
      await expect(awsVerifier(target()).verify(forged)).rejects.toThrow(/signature/i);
      const elsewhere = { ...target(), audience: 'https://elsewhere.example' };
      await expect(joseVerifier(elsewhere).verify(token)).rejects.toThrow(errors.JWTClaimValidationFailed);
      await expect(awsVerifier(elsewhere).verify(token)).rejects.toThrow(/audience/i);
    });

    test('discovery names the issuer, the keys and their algorithms; both documents may be cached', async () => {
      const { url } = target();
      const discovery = await send(target(), '/.well-known/openid-configuration');
      const document = (await discovery.json()) as Record<string, unknown>;
      expect(document).toMatchObject({ issuer: url, jwks_uri: `${url}/.well-known/jwks.json` });
      const { alg, kid } = decodeProtectedHeader(token);
      expect(document.id_token_signing_alg_values_supported).toContain(alg);
      const jwks = await send(target(), '/.well-known/jwks.json');
      const { keys } = (await jwks.json()) as { keys: Record<string, unknown>[] };
      expect(keys).toContainEqual(expect.objectContaining({ kid, alg, use: 'sig' }));
      for (const key of keys) expect(Object.keys(key)).not.toContain('d');
      for (const { headers } of [discovery, jwks]) expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+/);
    });

    test('a token is refreshed by asking again: another one, valid at least as long, and both are good', async () => {
      const verifier = joseVerifier(target());
      const renewed = await newToken();
      const [before, after] = [await verifier.verify(token), await verifier.verify(renewed)];
      expect(after.jti).not.toBe(before.jti);
      expect(after.exp).toBeGreaterThanOrEqual(before.exp!);
    });

    test('each token is on record', async () => {
      await expectAudited(target(), 'token_issued');
    });
  });
}
