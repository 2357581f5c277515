import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthEndpoint } from 'better-auth/api';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { PublishedKey } from '../../../contract/signing.ts';
import { ConfigurationError } from '../../../lambda/auth/configuration-error.ts';
import { createKeySet } from '../../../lambda/tokens/key-set.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { type Browser, baseUrl, frozenClock, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { publishedKey } from './keys.ts';

const legacy = 'https://legacy.example.com';
const partner = 'urn:partner';

let stack: Stack;
let keys: PublishedKey[];
let variables: Record<string, string>;
let browser: Browser;
const now = frozenClock();
beforeAll(async () => {
  stack = await startStack();
  keys = await Promise.all([
    publishedKey(stack.clients.kms, 'es', 'ES256'),
    publishedKey(stack.clients.kms, 'rs', 'RS256'),
    publishedKey(stack.clients.kms, 'ps', 'PS256', 'next'),
  ]);
  variables = {
    GATEHOUSE_SIGNING_KEYS: JSON.stringify(keys),
    GATEHOUSE_AUDIENCE_ALGORITHMS: JSON.stringify({ [legacy]: 'RS256', [partner]: 'ES256' }),
  };
  browser = await stack.start({ variables, now });
  await signedIn(stack, browser, 'token@example.com');
});
afterAll(() => stack.stop());

/** The session of `browser` at another container of the same stack. */
async function at(overrides: Parameters<Stack['start']>[0]): Promise<Browser> {
  const other = await stack.start({ variables, now, ...overrides });
  for (const [name, value] of browser.jar) other.jar.set(name, value);
  return other;
}

const tokenOf = async (from: Browser, query = ''): Promise<string> =>
  (await from.get(`/api/auth/token${query}`)).json.token;

describe('the token', () => {
  test('says who, for whom, from when and until when, and nothing else of the user', async () => {
    const token = await tokenOf(browser);
    const { json } = await browser.get('/api/auth/get-session');
    const issuedAt = Math.floor(now().getTime() / 1000);
    expect(decodeJwt(token)).toStrictEqual({
      iss: baseUrl,
      aud: baseUrl,
      sub: json.user.id,
      email: 'token@example.com',
      role: 'user',
      iat: issuedAt,
      exp: issuedAt + 15 * 60,
      jti: expect.stringMatching(/^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/),
    });
    const { kid } = (await createKeySet(keys)).activeKey();
    expect(decodeProtectedHeader(token)).toStrictEqual({ alg: 'ES256', kid, typ: 'JWT' });
  });

  test('has an id of its own each time', async () => {
    const ids = [await tokenOf(browser), await tokenOf(browser)].map((token) => decodeJwt(token).jti);
    expect(new Set(ids).size).toBe(2);
  });

  test('does not come with a session check', async () => {
    const answer = await browser.get('/api/auth/get-session');
    expect(answer.headers.has('set-auth-jwt')).toBe(false);
  });
});

describe('an audience', () => {
  test.each([
    ['none', '', baseUrl, 'ES256'],
    ['the default one', `?audience=${encodeURIComponent(baseUrl)}`, baseUrl, 'ES256'],
    ['one that verifies RS256', `?audience=${encodeURIComponent(legacy)}`, legacy, 'RS256'],
    ['another of the default algorithm', `?audience=${encodeURIComponent(partner)}`, partner, 'ES256'],
  ])('%s: the token names it and is signed for it', async (_, query, audience, algorithm) => {
    const token = await tokenOf(browser, query);
    const { json } = await browser.get('/.well-known/jwks.json');
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(json), {
      issuer: baseUrl,
      audience,
      algorithms: [algorithm],
      currentDate: now(),
    });
    expect(payload.aud).toBe(audience);
    expect(protectedHeader.alg).toBe(algorithm);
  });

  test.each([
    ['that is not served', '?audience=https%3A%2F%2Fevil.example', 'AUDIENCE_NOT_ALLOWED'],
    ['that is empty', '?audience=', 'AUDIENCE_NOT_ALLOWED'],
    ['named like a property of every object', '?audience=constructor', 'AUDIENCE_NOT_ALLOWED'],
    ['that is two', `?audience=${encodeURIComponent(legacy)}&audience=${partner}`, 'VALIDATION_ERROR'],
    ['that is too long', `?audience=${'x'.repeat(2049)}`, 'VALIDATION_ERROR'],
  ])('%s is refused with a code, on record', async (_, query, code) => {
    const output = await captureLogs(async () => {
      expect(await browser.get(`/api/auth/token${query}`)).toMatchObject({ status: 400, json: { code } });
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'token_refused', status_code: code }]);
  });

  test('is not looked at without a session', async () => {
    const stranger = browser.another();
    expect(await stranger.get('/api/auth/token?audience=https%3A%2F%2Fevil.example')).toMatchObject({ status: 401 });
  });

  test('with an algorithm that no active key has ends the init and is named', async () => {
    const wrong = { ...variables, GATEHOUSE_AUDIENCE_ALGORITHMS: JSON.stringify({ [legacy]: 'PS256' }) };
    const started = stack.start({ variables: wrong });
    await expect(started).rejects.toThrow(ConfigurationError);
    await expect(started).rejects.toThrow(`audience '${legacy}' is set to PS256, which has no active signing key`);
  });
});

describe('a fork', () => {
  test('adds claims and replaces its own, but none of RFC 7519', async () => {
    const forged = { iss: 'x', sub: 'x', aud: partner, iat: 1, exp: 9_999_999_999, jti: 'x' } as object;
    const other = await at({
      options: { tokenClaims: ({ user }) => ({ ...forged, email: undefined, tier: 'gold', name: user.name }) },
    });
    const claims = decodeJwt(await tokenOf(other));
    const own = decodeJwt(await tokenOf(browser));
    const { email: _, jti, ...expected } = own;
    expect(claims).toStrictEqual({ ...expected, tier: 'gold', name: 'Ada', jti: expect.not.stringMatching(/^x$/) });
    expect(jti).toBeDefined();
  });

  test('that adds too much gets a 422 with a code, without the claims', async () => {
    const other = await at({ options: { tokenClaims: () => ({ note: 'canary'.repeat(1000) }) } });
    const answer = await other.get('/api/auth/token');
    expect(answer).toMatchObject({ status: 422, json: { code: 'TOKEN_TOO_LARGE' } });
    expect(answer.json.message).toMatch(/^the token to sign has \d+ bytes; allowed are 4096$/);
    expect(answer.raw.body).not.toContain('canary');
  });

  test('in provider mode has no /token and no header, with one option; sessions and the key set go on', async () => {
    const other = await at({ options: { oauthProviderMode: true } });
    for (const path of ['token', `token?audience=${partner}`, 'token/', '/token', './token', 'TOKEN', '%74oken']) {
      const { status, raw } = await other.get(`/api/auth/${path}`);
      expect([path, status]).toEqual([path, 404]);
      expect(raw.body).not.toContain('eyJ');
    }
    const session = await other.get('/api/auth/get-session');
    expect(session).toMatchObject({ status: 200, json: { user: { email: 'token@example.com' } } });
    expect(session.headers.has('set-auth-jwt')).toBe(false);
    expect(await other.get('/.well-known/jwks.json')).toMatchObject({ status: 200 });
  });

  test('signs in its own endpoints through Better Auth, for an audience of its choice', async () => {
    const keySet = await createKeySet(keys);
    const { kid } = keySet.activeKey({ algorithm: 'RS256' });
    const sign = createAuthEndpoint('/sign-own', { method: 'GET' }, async ({ context, query }) => {
      const jwt = context.options.plugins!.find(({ id }) => id === 'jwt')!;
      const payload = { sub: 'job', aud: query?.aud as string };
      const signed = await jwt.endpoints!.signJWT!({ context, body: { payload } } as never);
      return signed as { token: string };
    });
    const other = await at({
      options: { plugins: [{ id: 'own', endpoints: { sign } }] },
    });
    const { json } = await other.get(`/api/auth/sign-own?aud=${encodeURIComponent(legacy)}`);
    expect(decodeProtectedHeader(json.token)).toMatchObject({ alg: 'RS256', kid });
    expect(decodeJwt(json.token)).toMatchObject({ sub: 'job', iss: baseUrl, aud: legacy, iat: expect.any(Number) });
  });
});
