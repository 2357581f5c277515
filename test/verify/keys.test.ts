import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cachedKeys } from '../../verify/cached-keys.ts';
import { createVerifier, type JSONWebKeySet, type VerifierOptions } from '../../verify/index.ts';
import { audience, clock, goodClaims, keySetOf, now, type SigningKey, signed, signingKey } from './issuer.ts';
import { json, type Respond, silent, startServer, status } from './key-server.ts';

const first = await signingKey('first');
const second = await signingKey('second');
const server = await startServer(silent);
afterAll(() => server.stop());

const discoveryPath = '/.well-known/openid-configuration';
const keysPath = '/.well-known/jwks.json';
let published: SigningKey[];
let time: number;
/** What the server says instead of what it should. */
let fault: Respond | undefined;

const route: Respond = (request, response) => {
  if (fault) return fault(request, response);
  const discovery = { issuer: server.url, jwks_uri: server.url + keysPath };
  return json(request.url === discoveryPath ? discovery : keySetOf(...published))(request, response);
};

beforeEach(() => {
  published = [first];
  time = now;
  fault = undefined;
  server.requests.length = 0;
  server.respond(route);
});

const verifierOf = (options: Partial<VerifierOptions> = {}) =>
  createVerifier({ issuer: server.url, audience, now: () => new Date(time * 1000), ...options });
/** Good at the time of the clock. */
const tokenOf = (key: SigningKey, claims = {}) =>
  signed(key, { ...goodClaims, iss: server.url, iat: time, exp: time + 900, ...claims });
const count = (path: string) => server.requests.filter((one) => one === path).length;
const unavailable = { code: 'KEYS_UNAVAILABLE' };

describe('keys are found', () => {
  test('through the issuer, once for many tokens at a time and for all that follow', async () => {
    const verifier = verifierOf();
    const token = await tokenOf(first);
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)));
    time += 599;
    await verifier.verify(await tokenOf(first));
    expect(server.requests).toEqual([discoveryPath, keysPath]);
  });

  test.each([
    ['a URL', () => new URL(server.url + keysPath)],
    ['a text', () => server.url + keysPath],
  ])('at %s that is given, without asking the issuer', async (_, jwks) => {
    await verifierOf({ jwks: jwks() }).verify(await tokenOf(first));
    expect(server.requests).toEqual([keysPath]);
  });

  test('in a set that is given, without asking anybody', async () => {
    const verifier = verifierOf({ jwks: keySetOf(first) });
    await verifier.verify(await tokenOf(first));
    await expect(verifier.verify(await tokenOf(second))).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
    expect(server.requests).toEqual([]);
  });

  test.each(['ES256', 'ES512', 'EdDSA', 'RS256', 'PS256'] as const)('of kind %s, and only if allowed', async (alg) => {
    const key = await signingKey('key', alg);
    const jwks = keySetOf(key);
    expect(await verifierOf({ jwks }).verify(await tokenOf(key))).toMatchObject({ sub: 'user-1' });
    const elsewhere = verifierOf({ jwks, algorithms: [alg === 'ES256' ? 'EdDSA' : 'ES256'] });
    await expect(elsewhere.verify(await tokenOf(key))).rejects.toMatchObject({ code: 'ALGORITHM_NOT_ALLOWED' });
  });
});

describe('keys change', () => {
  test('a new key is fetched when the first token names it', async () => {
    const verifier = verifierOf();
    await verifier.verify(await tokenOf(first));
    published = [first, second];
    time += 30;
    const token = await tokenOf(second);
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)));
    expect(count(keysPath)).toBe(2);
  });

  test('unknown keys fetch no more often than the cooldown says', async () => {
    const verifier = verifierOf();
    await verifier.verify(await tokenOf(first));
    for (let second = 0; second < 60; second++, time++) {
      const token = await tokenOf({ ...first, kid: `unknown-${second}` });
      await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
    }
    expect(count(keysPath)).toBe(2);
  });

  test('a withdrawn key verifies until the keys are fetched again, and no longer', async () => {
    const verifier = verifierOf();
    await verifier.verify(await tokenOf(first));
    published = [second];
    time += 599;
    await verifier.verify(await tokenOf(first));
    time += 1;
    await expect(verifier.verify(await tokenOf(first))).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
    await verifier.verify(await tokenOf(second));
  });

  test('keys that must not verify are left out', async () => {
    const { jwk } = second;
    const hostile = [
      { kty: 'oct', kid: 'second', alg: 'ES256', k: 'c2VjcmV0' },
      { ...jwk, d: 'AAAA' },
      { ...jwk, kid: undefined },
      { ...jwk, alg: undefined },
      'second',
      null,
    ];
    fault = json({ keys: [first.jwk, ...hostile] });
    const verifier = verifierOf({ jwks: server.url + keysPath });
    await verifier.verify(await tokenOf(first));
    await expect(verifier.verify(await tokenOf(second))).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
    fault = json({ keys: hostile });
    await expect(verifierOf({ jwks: server.url + keysPath }).verify(await tokenOf(second))).rejects.toMatchObject(
      unavailable,
    );
  });

  test('a key for encryption, and one of another algorithm, do not verify', async () => {
    for (const change of [{ use: 'enc' }, { alg: 'ES512' }]) {
      const jwks = { keys: [{ ...first.jwk, ...change }] } as never;
      await expect(verifierOf({ jwks }).verify(await tokenOf(first))).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
    }
  });

  test('a key that cannot verify is an error of its own', async () => {
    const rsa = await signingKey('rsa', 'RS256');
    const jwks = { keys: [{ ...rsa.jwk, n: rsa.jwk.n!.slice(0, 171) }] } as never;
    await expect(verifierOf({ jwks }).verify(await tokenOf(rsa))).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
  });
});

describe('the issuer is down', () => {
  /** Each would do, but for what its name says. */
  const discovery = (changes: object): Respond => {
    const document = { issuer: server.url, jwks_uri: server.url + keysPath, ...changes };
    return (request, response) => json(request.url === discoveryPath ? document : keySetOf(first))(request, response);
  };
  const good = { ...keySetOf(first), issuer: server.url, jwks_uri: server.url + keysPath };
  const faults: [name: string, respond: Respond][] = [
    ['hangs up', (_, response) => response.destroy()],
    ['status 500', (_, response) => response.writeHead(500).end(JSON.stringify(good))],
    ['status 203', (_, response) => response.writeHead(203).end(JSON.stringify(good))],
    ['status 204', status(204)],
    [
      'a redirect',
      (request, response) =>
        request.url === '/moved'
          ? json(good)(request, response)
          : status(302, { location: '/moved' })(request, response),
    ],
    ['no JSON', (_, response) => response.end('<html>')],
    ['no object', json([])],
    ['no keys', json({ ...good, keys: [] })],
    ['a member named twice', (_, response) => response.end(JSON.stringify(good).replace('{', '{"keys":[],'))],
    ['an endless document', json({ ...good, padding: 'x'.repeat(200_000) })],
    ['another issuer', discovery({ issuer: `${server.url}/` })],
    ['no issuer', discovery({ issuer: undefined })],
    ['keys that are no URL', discovery({ jwks_uri: 'jwks.json' })],
  ];

  test.each(faults)('%s: nobody knows, which is not that the token is bad', async (_, respond) => {
    fault = respond;
    const verifier = verifierOf();
    const error = await verifier.verify(await tokenOf(first)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ ...unavailable, retryAfter: 1, details: { kid: 'first' } });
    // It does not ask again at once, and recovers when it does.
    const asked = server.requests.length;
    await expect(verifier.verify(await tokenOf(first))).rejects.toMatchObject(unavailable);
    expect(server.requests).toHaveLength(asked);
    fault = undefined;
    time += 1;
    await verifier.verify(await tokenOf(first));
  });

  test('keys over plain http elsewhere are not fetched', async () => {
    const reach: typeof fetch = async (input, init) =>
      String(input).startsWith('http://keys.example.com/') ? Response.json(keySetOf(first)) : fetch(input, init);
    fault = discovery({ jwks_uri: 'http://keys.example.com/' });
    await expect(verifierOf({ fetch: reach }).verify(await tokenOf(first))).rejects.toMatchObject(unavailable);
  });

  test('keys over plain http on the loopback are not fetched for an issuer with https', async () => {
    const issuer = 'https://auth.example.com';
    const reach: typeof fetch = async (input) =>
      Response.json(String(input).startsWith(issuer) ? { issuer, jwks_uri } : keySetOf(first));
    const token = await tokenOf(first, { iss: issuer });
    let jwks_uri = server.url + keysPath;
    await expect(verifierOf({ issuer, fetch: reach }).verify(token)).rejects.toMatchObject(unavailable);
    jwks_uri = 'https://keys.example.com';
    await verifierOf({ issuer, fetch: reach }).verify(token);
  });

  test('an attempt that never ends, not even by its timeout, is given up by the tokens after it', async () => {
    let answer: typeof fetch = () => new Promise(() => {});
    const verifier = verifierOf({ timeout: 60, fetch: (...request) => answer(...request) });
    const token = await tokenOf(first);
    void verifier.verify(token).catch(() => {});
    answer = fetch;
    time += 60;
    await verifier.verify(token);
    await verifier.verify(token);
    expect(server.requests).toEqual([discoveryPath, keysPath]);
  });

  test('nobody waits for the attempt of another longer than the timeout', async () => {
    const load = () => new Promise<never>(() => {});
    const find = cachedKeys({ load, timeout: 0.01, maxAge: 600, maxStale: 0, cooldown: 30, now: clock });
    const header = { alg: 'ES256', kid: 'first' } as const;
    void find(header);
    await expect(find(header)).rejects.toMatchObject(unavailable);
  });

  test('an attempt that was given up does not replace what a later one got', async () => {
    const answers: ((set: JSONWebKeySet) => void)[] = [];
    const load = () => new Promise<JSONWebKeySet>((resolve) => answers.push(resolve));
    const options = { timeout: 5, maxAge: 600, maxStale: 0, cooldown: 30 };
    const find = cachedKeys({ load, now: () => new Date(time * 1000), ...options });
    const header = { alg: 'ES256', kid: 'second' } as const;
    const early = Promise.resolve(find(header)).catch(() => {});
    time += 5;
    const late = find(header);
    answers[1]!(keySetOf(second));
    await late;
    answers[0]!(keySetOf(first));
    await early;
    await find(header);
  });

  test('says nothing: given up after the timeout, even by a fetch that knows of no abort', async () => {
    fault = silent;
    await expect(verifierOf({ timeout: 1 }).verify(await tokenOf(first))).rejects.toMatchObject(unavailable);
    const deaf = verifierOf({ timeout: 1, fetch: () => new Promise(() => {}) });
    await expect(deaf.verify(await tokenOf(first))).rejects.toMatchObject(unavailable);
  });

  test('keys that were fetched serve for maxAge and maxStale, with an attempt in each cooldown', async () => {
    const verifier = verifierOf();
    await verifier.verify(await tokenOf(first));
    fault = status(503);
    for (time += 600; time < now + 4200; time += 10) await verifier.verify(await tokenOf(first));
    expect(count(discoveryPath)).toBe(1 + 3600 / 30);
    await expect(verifier.verify(await tokenOf(first))).rejects.toMatchObject(unavailable);
    fault = undefined;
    time += 1;
    await verifier.verify(await tokenOf(first));
  });

  test('a key that the kept set lacks may be new: not known, instead of bad', async () => {
    const verifier = verifierOf();
    await verifier.verify(await tokenOf(first));
    fault = status(503);
    time += 30;
    await expect(verifier.verify(await tokenOf(second))).rejects.toMatchObject({ ...unavailable, retryAfter: 30 });
    time += 10;
    await expect(verifier.verify(await tokenOf(second))).rejects.toMatchObject({ ...unavailable, retryAfter: 20 });
    await verifier.verify(await tokenOf(first));
  });

  test('a clock that is set back makes keys old, and no attempt wait for it', async () => {
    const verifier = verifierOf();
    await verifier.verify(await tokenOf(first));
    published = [second];
    time -= 86_400;
    await verifier.verify(await tokenOf(second));
    expect(count(keysPath)).toBe(2);
  });
});
