import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type AuthorizerInput, createAuthorizer } from '../../../lambda/authorizer/authorizer.ts';
import { createVerifier } from '../../../verify/index.ts';
import { audience, base64url, goodClaims, issuer, keySetOf, now, signed, signingKey } from '../../verify/issuer.ts';
import { json, startServer, status } from '../../verify/key-server.ts';
import { type ApiAnswer, apiGateway, authorizerEvent } from './api-gateway.ts';

const key = await signingKey('key-1');
const next = await signingKey('key-2', 'EdDSA');
const stranger = await signingKey('key-1');
const server = await startServer(json(keySetOf(key)));
afterAll(() => server.stop());

let clock = now;
beforeEach(() => {
  clock = now;
  server.requests.length = 0;
  server.respond(json(keySetOf(key)));
});

const defaults: Omit<AuthorizerInput, 'verifier'> = {
  identityHeader: 'Authorization',
  requiredScopes: [],
  requiredClaims: {},
  contextClaims: ['sub', 'email', 'role', 'scope', 'jti'],
};

/** A new container of the function, behind an API of its own. */
function startApi(settings: Partial<AuthorizerInput> = {}) {
  const verifier = createVerifier({ issuer, audience, jwks: server.url, now: () => new Date(clock * 1000) });
  const input = { ...defaults, verifier, ...settings };
  return apiGateway(createAuthorizer(input), input);
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const withClaims = (claims: object) => signed(key, { ...goodClaims, ...claims });
const good = await signed(key);

/** The answer, and what was logged meanwhile. */
async function logged(run: () => Promise<ApiAnswer>) {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    const answer = await run();
    const output = warn.mock.calls.map(([line]) => String(line));
    return { answer, output: output.join('\n'), lines: output.map((line) => JSON.parse(line) as object) };
  } finally {
    warn.mockRestore();
  }
}

describe('a good token', () => {
  test('is let through, and the API gets its claims as text', async () => {
    const token = await withClaims({ email: 'ada@example.com', role: 'admin', scope: 'orders:read', plan: { id: 1 } });
    const { answer, lines } = await logged(() => startApi().send({ headers: bearer(token) }));
    expect(answer).toEqual({
      status: 200,
      authorizer: {
        principalId: 'user-1',
        sub: 'user-1',
        email: 'ada@example.com',
        role: 'admin',
        scope: 'orders:read',
        jti: 'token-1',
      },
    });
    expect(lines).toEqual([]);
  });

  test.each(['authorization', 'AUTHORIZATION', 'aUTHORIZATION'])('is found in %s', async (name) => {
    expect(await startApi().send({ headers: { [name]: `Bearer ${good}` } })).toMatchObject({ status: 200 });
  });

  test('is found in a header of another name, and then not in Authorization', async () => {
    const api = startApi({ identityHeader: 'X-Token' });
    expect(await api.send({ headers: { 'x-token': `Bearer ${good}` } })).toMatchObject({ status: 200 });
    const { answer } = await logged(() => api.send({ headers: { 'X-Token': 'x', ...bearer(good) } }));
    expect(answer).toEqual({ status: 401 });
  });

  test('passes on the claims that are asked for, numbers and truth values as text, and nothing inherited', async () => {
    const token = await withClaims({ tenant: 7, beta: true, teams: ['a'], plan: {}, nothing: null });
    const contextClaims = ['tenant', 'beta', 'teams', 'plan', 'nothing', 'missing', 'toString', '__proto__'];
    expect((await startApi({ contextClaims }).send({ headers: bearer(token) })).authorizer).toEqual({
      principalId: 'user-1',
      tenant: '7',
      beta: 'true',
    });
  });
});

describe('answers may be kept', () => {
  const requests = [
    { method: 'GET', path: '/orders/1' },
    { method: 'POST', path: '/orders' },
    { method: 'DELETE', path: '/orders/1/lines/*' },
    { method: 'GET', path: '/' },
    { method: 'GET', path: '' },
  ];

  test.each(requests.map((request, index) => [index, request] as const))(
    'whichever of the methods is asked first: %#',
    async (index) => {
      const api = startApi();
      for (const request of [...requests.slice(index), ...requests.slice(0, index)]) {
        expect(await api.send({ ...request, headers: bearer(good) })).toMatchObject({ status: 200 });
      }
      expect(api.calls()).toBe(1);
    },
  );

  test('and are about one stage of one API', async () => {
    const verifier = createVerifier({ issuer, audience, jwks: keySetOf(key), now: () => new Date(now * 1000) });
    const answer = await createAuthorizer({ ...defaults, verifier })(authorizerEvent({ headers: bearer(good) }));
    expect(answer.policyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: 'arn:aws:execute-api:eu-west-1:111122223333:abcdef1234/live/*',
        },
      ],
    });
  });

  test('and are never kept for another token', async () => {
    const api = startApi();
    expect(await api.send({ headers: bearer(good) })).toMatchObject({ status: 200 });
    const { answer } = await logged(() => api.send({ headers: bearer(good.slice(0, -4)) }));
    expect(answer).toEqual({ status: 401 });
    expect(await api.send({ headers: bearer(good) })).toMatchObject({ status: 200 });
  });
});

describe('a genuine token that is not entitled is 403, on every method', () => {
  test.each<[string, object, Partial<AuthorizerInput>, string]>([
    ['no scope at all', {}, { requiredScopes: ['orders:read'] }, 'SCOPE_MISSING'],
    ['another scope', { scope: 'orders:readall' }, { requiredScopes: ['orders:read'] }, 'SCOPE_MISSING'],
    ['one of two scopes', { scope: 'a' }, { requiredScopes: ['a', 'b'] }, 'SCOPE_MISSING'],
    ['a scope of a wrong type', { scope: { a: true } }, { requiredScopes: ['a'] }, 'SCOPE_MISSING'],
    ['no such claim', {}, { requiredClaims: { tenant: 'acme' } }, 'CLAIM_MISMATCH'],
    ['another value', { tenant: 'Acme' }, { requiredClaims: { tenant: 'acme' } }, 'CLAIM_MISMATCH'],
    ['a list with the value', { tenant: ['acme'] }, { requiredClaims: { tenant: 'acme' } }, 'CLAIM_MISMATCH'],
    ['claims that do not fit', { email: 'x'.repeat(4096) }, {}, 'CLAIMS_TOO_LARGE'],
    ['claims that do not fit in UTF-8', { email: '€'.repeat(1400) }, {}, 'CLAIMS_TOO_LARGE'],
  ])('%s', async (_, claims, settings, code) => {
    const api = startApi(settings);
    const token = await withClaims(claims);
    const { answer, lines } = await logged(() => api.send({ headers: bearer(token) }));
    expect(answer).toEqual({ status: 403 });
    const audit = { status_code: code, user: { uid: 'user-1' }, unmapped: { jti: 'token-1' } };
    expect(lines).toMatchObject([{ level: 'WARN', message: 'token_not_entitled', audit }]);
    expect(await api.send({ method: 'POST', path: '/x', headers: bearer(token) })).toEqual({ status: 403 });
    expect(api.calls()).toBe(1);
  });

  test.each<[string, object]>([
    ['scopes in text', { scope: 'b a c' }],
    ['scopes in a list', { scp: ['b', 'a'] }],
  ])('while %s do', async (_, claims) => {
    const token = await withClaims({ tenant: 'acme', ...claims });
    const api = startApi({ requiredScopes: ['a', 'b'], requiredClaims: { tenant: 'acme' } });
    expect(await api.send({ headers: bearer(token) })).toMatchObject({ status: 200 });
  });
});

describe('every other token is the same 401, and one line in the log that says why', () => {
  const [header, payload, signature] = good.split('.') as [string, string, string];
  test.each<[string, () => string | string[] | Promise<string>, string]>([
    ['another scheme', () => `Basic ${good}`, 'TOKEN_MISSING'],
    ['no scheme', () => good, 'TOKEN_MISSING'],
    ['a scheme alone', () => 'Bearer', 'AUTHORIZATION_MALFORMED'],
    ['the header twice', () => [`Bearer ${good}`, `Bearer ${good}`], 'AUTHORIZATION_MALFORMED'],
    ['the header twice, the good one last', () => ['Bearer x', `Bearer ${good}`], 'AUTHORIZATION_MALFORMED'],
    ['a list', () => `Bearer ${good}, Bearer ${good}`, 'AUTHORIZATION_MALFORMED'],
    ['not a token', () => 'Bearer x', 'TOKEN_MALFORMED'],
    ['no signature', () => `Bearer ${header}.${payload}.`, 'TOKEN_MALFORMED'],
    ['alg none', () => `Bearer ${base64url({ alg: 'none', kid: 'key-1' })}.${payload}.AA`, 'ALGORITHM_NOT_ALLOWED'],
    [
      'a key of its own',
      async () => `Bearer ${await signed(key, goodClaims, { jwk: stranger.jwk })}`,
      'HEADER_NOT_ALLOWED',
    ],
    ['somebody else’s key', async () => `Bearer ${await signed(stranger)}`, 'SIGNATURE_INVALID'],
    [
      'a changed payload',
      () => `Bearer ${header}.${base64url({ ...goodClaims, sub: 'root' })}.${signature}`,
      'SIGNATURE_INVALID',
    ],
    ['an unknown key', async () => `Bearer ${await signed(next)}`, 'KEY_UNKNOWN'],
    ['another issuer', async () => `Bearer ${await withClaims({ iss: `${issuer}/` })}`, 'ISSUER_MISMATCH'],
    [
      'another audience',
      async () => `Bearer ${await withClaims({ aud: 'https://other.example.com' })}`,
      'AUDIENCE_MISMATCH',
    ],
    ['expired', async () => `Bearer ${await withClaims({ iat: now - 1000, exp: now - 6 })}`, 'TOKEN_EXPIRED'],
    ['8 KB', () => `Bearer ${'a'.repeat(8193)}`, 'TOKEN_TOO_LARGE'],
  ])('%s', async (_, header, code) => {
    const value = await header();
    const { answer, output, lines } = await logged(() => startApi().send({ headers: { Authorization: value } }));
    expect(answer).toEqual({ status: 401 });
    const message = code === 'TOKEN_EXPIRED' ? 'token_expired' : 'token_invalid';
    expect(lines).toMatchObject([
      {
        level: 'WARN',
        message,
        audit: {
          event: message,
          status_code: code,
          metadata: { uid: expect.any(String) },
          src_endpoint: { ip: '203.0.113.7' },
          http_request: { http_method: 'GET', url: { path: '/orders/{id}' } },
          http_response: { code: 401 },
        },
      },
    ]);
    for (const part of [value]
      .flat()
      .flatMap((one) => one.split(/[ .,]/))
      .filter((part) => part.length > 20)) {
      expect(output).not.toContain(part);
    }
  });

  test('without the header API Gateway does not even ask', async () => {
    const api = startApi();
    expect(await api.send({})).toEqual({ status: 401 });
    expect(api.calls()).toBe(0);
  });

  test('and an event without headers is refused all the same', async () => {
    const verifier = createVerifier({ issuer, audience, jwks: keySetOf(key) });
    const event = { ...authorizerEvent(), headers: null, multiValueHeaders: null };
    const { lines } = await logged(async () => {
      await expect(createAuthorizer({ ...defaults, verifier })(event)).rejects.toThrow(/^Unauthorized$/);
      return { status: 401 };
    });
    expect(lines).toMatchObject([{ audit: { status_code: 'TOKEN_MISSING' } }]);
  });
});

describe('keys', () => {
  test('are fetched once for a container, however many tokens come', async () => {
    const api = startApi();
    const tokens = await Promise.all([1, 2, 3, 4].map((jti) => withClaims({ jti: String(jti) })));
    await Promise.all(tokens.map((token) => api.send({ headers: bearer(token) })));
    expect(api.calls()).toBe(4);
    expect(server.requests).toHaveLength(1);
  });

  test('rotate without a refused token', async () => {
    const api = startApi();
    const fresh = (by: typeof key) =>
      signed(by, { ...goodClaims, iat: clock, exp: clock + 900, jti: `${by.kid}-${clock}` });
    const send = async (by: typeof key) => (await api.send({ headers: bearer(await fresh(by)) })).status;

    expect(await send(key)).toBe(200);
    // Published, and signing hours later; the container still has the old set then.
    server.respond(json(keySetOf(key, next)));
    clock += 7200;
    const last = await fresh(key);
    expect(await send(next)).toBe(200);
    // The old key has retired; its last token is still good.
    clock += 800;
    expect(await api.send({ headers: bearer(last) })).toMatchObject({ status: 200 });
    // Dropped an hour later: only now is a token that it signs refused.
    server.respond(json(keySetOf(next)));
    clock += 3600;
    expect(await send(next)).toBe(200);
    const { answer } = await logged(async () => ({ status: (await send(key)) as 401 }));
    expect(answer.status).toBe(401);
  });

  test('down at cold start: 500, which is not kept, and the next request tries again', async () => {
    server.respond(status(503));
    const api = startApi();
    const { answer, lines } = await logged(() => api.send({ headers: bearer(good) }));
    expect(answer).toEqual({ status: 500 });
    expect(lines).toMatchObject([
      { level: 'ERROR', message: 'token_unverifiable', audit: { status_code: 'KEYS_UNAVAILABLE' } },
    ]);
    server.respond(json(keySetOf(key)));
    clock += 2;
    expect(await api.send({ headers: bearer(good) })).toMatchObject({ status: 200 });
  });

  test('down at cold start: a hostile token learns nothing, and a malformed one is 401 as ever', async () => {
    server.respond(status(503));
    const api = startApi();
    const forged = await signed(stranger);
    expect((await logged(() => api.send({ headers: bearer(forged) }))).answer).toEqual({ status: 500 });
    expect((await logged(() => api.send({ headers: bearer('x') }))).answer).toEqual({ status: 401 });
  });

  test('down later: known keys go on verifying for an hour, then it is 500', async () => {
    const api = startApi();
    const send = async () => {
      const token = await withClaims({ iat: clock, exp: clock + 900, jti: String(clock) });
      return (await logged(() => api.send({ headers: bearer(token) }))).answer.status;
    };
    expect(await send()).toBe(200);
    server.respond(status(503));
    clock += 600 + 3599;
    expect(await send()).toBe(200);
    clock += 2;
    expect(await send()).toBe(500);
  });

  test('down later: a token of a key that may be new is 500 and not 401', async () => {
    const api = startApi();
    expect(await api.send({ headers: bearer(good) })).toMatchObject({ status: 200 });
    server.respond(status(503));
    clock += 60;
    const token = await signed(next, { ...goodClaims, iat: clock, exp: clock + 900 });
    expect((await logged(() => api.send({ headers: bearer(token) }))).answer).toEqual({ status: 500 });
  });
});

test('what nobody expects is 500 and lets nobody in', async () => {
  const verifier = { verifyAuthorization: () => Promise.reject(new TypeError('a bug')) };
  expect(await startApi({ verifier }).send({ headers: bearer(good) })).toEqual({ status: 500 });
});
