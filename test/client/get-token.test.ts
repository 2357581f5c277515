import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTokenManager, type TokenManagerOptions } from '../../client/index.ts';
import { json, type Respond, silent, status } from '../verify/key-server.ts';
import { startManagers } from './managers.ts';
import { start, tokenOf } from './tokens.ts';

const world = await startManagers();
const { auth, manager, next, reasons, requested } = world;
afterAll(() => world.auth.stop());
beforeEach(world.reset);
afterEach(world.close);

describe('getToken', () => {
  test('makes one request for all that wait, and none while the token is fresh', async () => {
    const tokens = manager();
    const [one, ...others] = await Promise.all(Array.from({ length: 50 }, () => tokens.getToken()));
    expect(new Set(others)).toEqual(new Set([one]));
    world.time += 900 - 60 - 1;
    expect(await tokens.getToken()).toBe(one);
    expect(requested()).toBe(1);
    world.time += 1;
    expect(await tokens.getToken()).not.toBe(one);
    expect(requested()).toBe(2);
    expect(auth.requests.at(-1)).toBe('/api/auth/token');
  });

  test('renews by lifetime, so that a clock that is wrong does no harm', async () => {
    for (const offset of [-86_400, 86_400]) {
      world.time = start + offset;
      const tokens = manager();
      const one = await next(tokens);
      world.time += 800;
      expect(await next(tokens)).toBe(one);
      world.time += 60;
      expect(await next(tokens)).not.toBe(one);
    }
  });

  test('a clock that is set back renews once', async () => {
    const tokens = manager();
    await next(tokens);
    world.time -= 3600;
    const two = await next(tokens);
    world.time += 100;
    expect(await next(tokens)).toBe(two);
    expect(requested()).toBe(2);
  });

  test('renews a token that lives shorter than the skew at half of its life', async () => {
    const tokens = manager({ skew: 3600 });
    const one = await next(tokens);
    world.time += 449;
    expect(await next(tokens)).toBe(one);
    world.time += 1;
    expect(await next(tokens)).not.toBe(one);
  });

  test('asks for its audience', async () => {
    await next(manager({ audience: 'https://api.example.com?a&b' }));
    expect(new URL(auth.url + auth.requests.at(-1)).searchParams.get('audience')).toBe('https://api.example.com?a&b');
  });

  test('sends the cookie and takes nothing from a cache', async () => {
    const inits: (RequestInit | undefined)[] = [];
    const spy: typeof fetch = (input, init) => {
      inits.push(init);
      return fetch(input, init);
    };
    await next(manager({ fetch: spy }));
    expect(inits).toEqual([expect.objectContaining({ credentials: 'include', cache: 'no-store', redirect: 'manual' })]);
  });

  test('whoever aborts goes alone', async () => {
    const tokens = manager();
    const abort = new AbortController();
    const aborted = tokens.getToken({ signal: abort.signal });
    const patient = tokens.getToken();
    abort.abort(new Error('navigated away'));
    await expect(aborted).rejects.toThrow('navigated away');
    expect(await patient).not.toBeNull();
    await expect(tokens.getToken({ signal: AbortSignal.abort(new Error('late')) })).rejects.toThrow('late');
    expect(requested()).toBe(1);
  });
});

describe('signed out', () => {
  test('is null, and said once until there is a token again', async () => {
    const tokens = manager();
    auth.signIn(false);
    expect(await tokens.getToken()).toBeNull();
    expect(await tokens.getToken()).toBeNull();
    expect(reasons).toEqual(['session_ended']);
    auth.signIn(true);
    expect(await tokens.getToken()).not.toBeNull();
    auth.signIn(false);
    world.time += 900;
    expect(await tokens.getToken()).toBeNull();
    expect(reasons).toEqual(['session_ended', 'session_ended']);
  });

  test('clear() forgets the token, and is no news to the one that called it', async () => {
    const tokens = manager();
    const one = await next(tokens);
    tokens.clear();
    expect(await next(tokens)).not.toBe(one);
    tokens.clear();
    auth.signIn(false);
    expect(await next(tokens)).toBeNull();
    expect(reasons).toEqual([]);
  });

  test('an answer that was under way does not bring the token back', async () => {
    const tokens = manager();
    let release = () => {};
    const arrived = new Promise<void>((resolve) => {
      auth.hold(() => {
        resolve();
        return new Promise((done) => {
          release = () => done(undefined);
        });
      });
    });
    const under = tokens.getToken();
    await arrived;
    auth.signIn(false);
    tokens.clear();
    auth.hold(undefined);
    release();
    expect(await under).toBeNull();
    expect(requested()).toBe(2);
  });
});

describe('without an answer that says so, nobody is signed out', () => {
  const faults: [name: string, respond: Respond, expected: object][] = [
    ['hangs up', (_, response) => response.destroy(), { code: 'NETWORK_ERROR' }],
    ['429', status(429, { 'retry-after': '7' }), { code: 'RATE_LIMITED', retryAfter: 7 }],
    [
      '429 with a date',
      status(429, { 'retry-after': 'Mon, 23 Nov 2026' }),
      { code: 'RATE_LIMITED', retryAfter: undefined },
    ],
    ['503', status(503, { 'retry-after': '1' }), { code: 'SERVER_UNAVAILABLE', retryAfter: 1 }],
    ['500', status(500), { code: 'SERVER_UNAVAILABLE' }],
    ['403', status(403), { code: 'RESPONSE_INVALID' }],
    ['204', status(204), { code: 'RESPONSE_INVALID' }],
    [
      'a redirect',
      (request, response) => status(302, { location: request.url! })(request, response),
      { code: 'RESPONSE_INVALID' },
    ],
    [
      'an audience that is not allowed',
      (_, response) => response.writeHead(400).end('{"code":"AUDIENCE_NOT_ALLOWED"}'),
      { code: 'AUDIENCE_NOT_ALLOWED' },
    ],
    ['HTML', (_, response) => response.end('<html>'), { code: 'RESPONSE_INVALID' }],
    [
      'cut short',
      (_, response) => response.writeHead(200, { 'content-length': '999' }).write('{') && response.destroy(),
      { code: 'NETWORK_ERROR' },
    ],
    ...[
      null,
      [],
      {},
      { token: null },
      { token: '' },
      { token: 'a.b' },
      { token: 'user-1~0123.c2ln' },
      { token: tokenOf([]) },
      { token: tokenOf({ exp: start }) },
      { token: tokenOf({ iat: start, exp: start }) },
      { token: tokenOf({ iat: 'now', exp: start }) },
      { token: `${tokenOf({ iat: start, exp: start + 900 })}=` },
      { token: tokenOf({ iat: start, exp: start + 900, note: 'x'.repeat(8192) }) },
    ].map((body): [string, Respond, object] => [
      JSON.stringify(body).slice(0, 60),
      json(body),
      { code: 'RESPONSE_INVALID' },
    ]),
  ];

  test.each(faults)('%s', async (_, respond, expected) => {
    const tokens = manager();
    auth.fail(respond);
    await expect(tokens.getToken()).rejects.toMatchObject({ name: 'TokenManagerError', ...expected });
    expect(reasons).toEqual([]);
    auth.fail(undefined);
    expect(await tokens.getToken()).not.toBeNull();
  });

  test('no answer in time', async () => {
    auth.fail(silent);
    await expect(manager({ timeout: 1 }).getToken()).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});

test.each([
  ['baseURL', undefined],
  ['baseURL', '/api/auth'],
  ['baseURL', 'http://auth.example.com'],
  ['baseURL', 'https://auth.example.com/'],
  ['baseURL', 'https://auth.example.com/api/auth'],
  ['baseURL', 'https://user:secret@auth.example.com'],
  ['audience', ''],
  ['resourceOrigins', ['*']],
  ['resourceOrigins', ['http://api.example.com']],
  ['resourceOrigins', ['https://api.example.com/']],
  ['skew', -1],
  ['timeout', 0],
] as [keyof TokenManagerOptions, unknown][])('option %s refuses %j', (option, value) => {
  const create = () => createTokenManager({ baseURL: auth.url, [option]: value } as TokenManagerOptions);
  expect(create).toThrow(expect.objectContaining({ option, code: 'OPTION_INVALID' }));
});
