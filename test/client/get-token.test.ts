import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTokenManager, type TokenManager, type TokenManagerOptions } from '../../client/index.ts';
import { json, type Respond, silent, status } from '../verify/key-server.ts';
import { memoryStorage, numberOf, start, startAuthServer, tokenOf } from './tokens.ts';

const auth = await startAuthServer();
afterAll(() => auth.stop());

let time: number;
const managers: TokenManager[] = [];
const reasons: string[] = [];
const manager = (options: Partial<TokenManagerOptions> = {}) => {
  const made = createTokenManager({
    baseURL: auth.url,
    now: () => new Date(time * 1000),
    onSignedOut: (reason) => reasons.push(reason),
    ...options,
  });
  managers.push(made);
  return made;
};
const next = async (tokens: TokenManager) => numberOf(await tokens.getToken());

let issuedBefore: number;
/** Counted from the start of a test. */
const requested = () => auth.requests.length - issuedBefore;

beforeEach(() => {
  time = start;
  auth.fail(undefined);
  auth.hold(undefined);
  auth.signIn(true);
  reasons.length = 0;
  issuedBefore = auth.requests.length;
});
afterEach(() => {
  for (const made of managers.splice(0)) made.close();
});

describe('getToken', () => {
  test('makes one request for all that wait, and none while the token is fresh', async () => {
    const tokens = manager();
    const [one, ...others] = await Promise.all(Array.from({ length: 50 }, () => tokens.getToken()));
    expect(new Set(others)).toEqual(new Set([one]));
    time += 900 - 60 - 1;
    expect(await tokens.getToken()).toBe(one);
    expect(requested()).toBe(1);
    time += 1;
    expect(await tokens.getToken()).not.toBe(one);
    expect(requested()).toBe(2);
    expect(auth.requests.at(-1)).toBe('/api/auth/token');
  });

  test('renews by lifetime, so that a clock that is wrong does no harm', async () => {
    for (const offset of [-86_400, 86_400]) {
      time = start + offset;
      const tokens = manager();
      const one = await next(tokens);
      time += 800;
      expect(await next(tokens)).toBe(one);
      time += 60;
      expect(await next(tokens)).not.toBe(one);
    }
  });

  test('a clock that is set back renews once', async () => {
    const tokens = manager();
    await next(tokens);
    time -= 3600;
    const two = await next(tokens);
    time += 100;
    expect(await next(tokens)).toBe(two);
    expect(requested()).toBe(2);
  });

  test('renews a token that lives shorter than the skew at half of its life', async () => {
    const tokens = manager({ skew: 3600 });
    const one = await next(tokens);
    time += 449;
    expect(await next(tokens)).toBe(one);
    time += 1;
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
    time += 900;
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

describe('storage, where it is asked for', () => {
  test('keeps the token for the next page, until sign-out', async () => {
    const storage = memoryStorage();
    const one = await next(manager({ storage }));
    const reloaded = manager({ storage });
    expect(await next(reloaded)).toBe(one);
    expect(requested()).toBe(1);
    reloaded.clear();
    expect(storage.items.size).toBe(0);
  });

  test('is kept apart by audience', async () => {
    const storage = memoryStorage();
    const one = await next(manager({ storage }));
    expect(await next(manager({ storage, audience: 'urn:other' }))).not.toBe(one);
  });

  test.each(['', 'null', '{', '[]', '{"token":1}', '{"token":"a.b.c","obtainedAt":1,"order":1}'])(
    'that holds %j is as good as empty',
    async (stored) => {
      const storage = memoryStorage();
      storage.setItem(`gatehouse:${auth.url}:`, stored);
      expect(await manager({ storage }).getToken()).not.toBeNull();
    },
  );

  test('that is full or forbidden costs nothing but requests; one that cannot forget is an error', async () => {
    const fail = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const tokens = manager({ storage: { getItem: fail, setItem: fail, removeItem: fail } });
    const one = await next(tokens);
    expect(await next(tokens)).toBe(one);
    expect(() => tokens.clear()).toThrow('denied');
    expect(await next(tokens)).not.toBe(one);
  });

  test('is not touched unless asked for', async () => {
    const touched: string[] = [];
    const trap = new Proxy({}, { get: (_, name) => touched.push(String(name)) });
    const names = ['localStorage', 'sessionStorage'] as const;
    for (const name of names) Object.defineProperty(globalThis, name, { value: trap, configurable: true });
    try {
      const tokens = manager();
      await next(tokens);
      tokens.clear();
      expect(touched).toEqual([]);
    } finally {
      for (const name of names) Reflect.deleteProperty(globalThis, name);
    }
  });
});

describe('managers of other tabs', () => {
  /** Until every message that was sent is delivered: the channel keeps their order. */
  const delivered = async () => {
    const name = `gatehouse:${auth.url}`;
    const [from, to] = [new BroadcastChannel(name), new BroadcastChannel(name)];
    const arrival = new Promise((resolve) => to.addEventListener('message', resolve));
    from.postMessage('a message that managers ignore');
    await arrival;
    from.close();
    to.close();
    await new Promise((resolve) => setImmediate(resolve));
  };

  test('share a token, by audience', async () => {
    const [one, two, other] = [manager(), manager(), manager({ audience: 'urn:other' })];
    const token = await one.getToken();
    await delivered();
    expect(await two.getToken()).toBe(token);
    expect(await other.getToken()).not.toBe(token);
    expect(requested()).toBe(2);
  });

  test('sign out together', async () => {
    const [one, two] = [manager(), manager({ audience: 'urn:other' })];
    await one.getToken();
    const kept = await two.getToken();
    await delivered();
    one.clear();
    await delivered();
    expect(reasons).toEqual(['other_tab']);
    expect(await two.getToken()).not.toBe(kept);
  });

  test('learn that the session ended', async () => {
    const [one, two] = [manager(), manager({ audience: 'urn:other' })];
    await two.getToken();
    auth.signIn(false);
    expect(await one.getToken()).toBeNull();
    await delivered();
    expect(reasons).toEqual(['session_ended', 'other_tab']);
  });

  test('are not told by what is no message', async () => {
    const tokens = manager();
    const one = await tokens.getToken();
    const channel = new BroadcastChannel(`gatehouse:${auth.url}`);
    const accessToken = { token: 'forged', obtainedAt: start * 1000, order: start * 2000 };
    for (const message of [
      null,
      'signed_out',
      { type: 'signed_out' },
      { type: 'token', accessToken },
      { type: 'token' },
    ]) {
      channel.postMessage(message);
    }
    channel.close();
    await delivered();
    expect(await tokens.getToken()).toBe(one);
    expect(reasons).toEqual([]);
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
