import { expect, test } from '@jest/globals';
import { createVerifier, refusal, type VerifierEvent, withVerifiedToken } from '../../verify/index.ts';
import { goodClaims, optionsFor, signed, signingKey } from './issuer.ts';

const key = await signingKey('key-1');
const good = await signed(key);
const expired = await signed(key, { ...goodClaims, iat: goodClaims.iat - 900, exp: goodClaims.iat - 60 });
const events: VerifierEvent[] = [];
const verifier = createVerifier({ ...optionsFor(key), onEvent: (event) => events.push(event) });
const handle = withVerifiedToken(verifier, (request, claims, environment: { name: string }) =>
  Response.json({ path: new URL(request.url).pathname, sub: claims.sub, name: environment.name }),
);

const send = (headers: [string, string][], path = '/orders') => {
  events.length = 0;
  return handle(new Request(`https://api.example.com${path}`, { headers }), { name: 'edge' });
};
const authorized = (value: string) => send([['authorization', value]]);

test.each([`Bearer ${good}`, `bearer ${good}`, `BEARER   ${good}`])(
  '%.10s… reaches the handler, with its claims',
  async (value) => {
    const answer = await authorized(value);
    expect(await answer.json()).toEqual({ path: '/orders', sub: 'user-1', name: 'edge' });
    expect(events).toEqual([{ type: 'verified', kid: 'key-1', sub: 'user-1', jti: 'token-1' }]);
  },
);

test.each([
  ['no header', [], '/orders'],
  ['another scheme', [['authorization', `Basic ${good}`]], '/orders'],
  ['the token alone', [['authorization', good]], '/orders'],
  ['in the query', [], `/orders?access_token=${good}`],
  ['in a cookie', [['cookie', `token=${good}`]], '/orders'],
] as [string, [string, string][], string][])(
  'no bearer token, but %s: 401 that asks for one',
  async (_, headers, path) => {
    const answer = await send(headers, path);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(events).toEqual([expect.objectContaining({ type: 'refused', code: 'TOKEN_MISSING' })]);
  },
);

test.each([
  ['nothing after the scheme', [['authorization', 'Bearer']], 'refused', 'AUTHORIZATION_MALFORMED'],
  ['two tokens', [['authorization', `Bearer ${good} ${good}`]], 'refused', 'AUTHORIZATION_MALFORMED'],
  [
    'two headers',
    [
      ['authorization', `Bearer ${good}`],
      ['authorization', `Bearer ${good}`],
    ],
    'refused',
    'AUTHORIZATION_MALFORMED',
  ],
  ['a tab', [['authorization', `Bearer\t${good}`]], 'refused', 'AUTHORIZATION_MALFORMED'],
  ['quotes', [['authorization', `Bearer "${good}"`]], 'refused', 'AUTHORIZATION_MALFORMED'],
  ['a session token', [['authorization', 'Bearer user-1~0123.c2ln']], 'refused', 'TOKEN_MALFORMED'],
  ['an expired token', [['authorization', `Bearer ${expired}`]], 'expired', 'TOKEN_EXPIRED'],
  [
    'a forged token',
    [['authorization', `Bearer ${good.slice(0, -86)}${'A'.repeat(86)}`]],
    'forged',
    'SIGNATURE_INVALID',
  ],
] as [string, [string, string][], string, string][])(
  '%s: the same 401, and an event that says why',
  async (_, headers, type, code) => {
    const answer = await send(headers);
    expect(answer.status).toBe(401);
    expect([...answer.headers]).toEqual([
      ['cache-control', 'no-store'],
      ['content-type', 'application/json'],
      ['www-authenticate', 'Bearer error="invalid_token"'],
    ]);
    expect(await answer.json()).toEqual({ code: 'UNAUTHORIZED', message: 'a valid bearer token is required' });
    expect(events).toEqual([expect.objectContaining({ type, code })]);
    expect(JSON.stringify(events)).not.toContain(good.slice(0, 40));
  },
);

test('an expired token is reported with whose it was, a forged one is not', async () => {
  await authorized(`Bearer ${expired}`);
  expect(events[0]).toMatchObject({ kid: 'key-1', sub: 'user-1', jti: 'token-1' });
  await authorized(`Bearer ${good.slice(0, -86)}${'A'.repeat(86)}`);
  expect(events[0]).not.toHaveProperty('sub');
});

test('keys that cannot be fetched: 503 that says when to try again', async () => {
  const down = createVerifier({
    ...optionsFor(key),
    jwks: 'https://auth.example.com/keys',
    fetch: async () => Response.error(),
    onEvent: (event) => events.push(event),
  });
  events.length = 0;
  const request = new Request('https://api.example.com/', { headers: { authorization: `Bearer ${good}` } });
  const answer = await withVerifiedToken(down, () => new Response('reached'))(request);
  expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('www-authenticate')]).toEqual([
    503,
    '1',
    null,
  ]);
  expect(events).toEqual([expect.objectContaining({ type: 'keys_unavailable', code: 'KEYS_UNAVAILABLE' })]);
});

test('what the handler throws is not taken for a bad token, and is no event', async () => {
  const fail = withVerifiedToken(verifier, () => {
    throw new Error('of the handler');
  });
  events.length = 0;
  const request = new Request('https://api.example.com/', { headers: { authorization: `Bearer ${good}` } });
  await expect(fail(request)).rejects.toThrow('of the handler');
  expect(events.map(({ type }) => type)).toEqual(['verified']);
  expect(() => refusal(new Error('of the handler'))).toThrow('of the handler');
});

test.each([
  [
    'throws',
    () => {
      throw new Error('listener');
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('listener');
    },
  ],
])('a listener that %s changes no answer', async (_, onEvent) => {
  const listened = createVerifier({ ...optionsFor(key), onEvent });
  expect(await listened.verify(good)).toMatchObject({ sub: 'user-1' });
  await expect(listened.verify('no token')).rejects.toMatchObject({ code: 'TOKEN_MALFORMED' });
});
