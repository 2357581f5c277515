import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthEndpoint } from 'better-auth/api';
import type { EventInput } from '../../support/event.ts';
import {
  type Answer,
  type Browser,
  frozenClock,
  type Stack,
  startStack,
  toAnswer,
  trustedOrigin,
} from '../../support/stack.ts';

let stack: Stack;
let browser: Browser;
let broken: Browser;
let withoutSecret: Browser;

const plugins = [
  {
    id: 'careless',
    endpoints: {
      cached: createAuthEndpoint('/careless/cached', { method: 'GET' }, async (ctx) => {
        ctx.setHeader('Cache-Control', 'public, max-age=600');
        ctx.setHeader('Access-Control-Allow-Origin', '*');
        ctx.setHeader('X-Frame-Options', 'ALLOWALL');
        return ctx.json({ mine: true });
      }),
      thrown: createAuthEndpoint('/careless/thrown', { method: 'GET' }, async () => {
        throw new TypeError('canary-detail');
      }),
    },
  },
];

beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start({ options: { plugins }, now: frozenClock() });
  broken = await stack.start({ variables: { GATEHOUSE_IDENTITY_TABLE: 'nowhere' } });
  withoutSecret = await stack.start({ variables: { GATEHOUSE_SECRET_ARN: 'nowhere' } });
});
afterAll(() => stack.stop());

const signIn = { method: 'POST', path: '/api/auth/sign-in/email' };
const body = { email: 'nobody@example.com', password: 'wrong password entirely' };

/** One answer of each kind; the name begins with its status. */
const answers: [string, (headers: Record<string, string>) => Promise<Answer>][] = [
  ['200', (headers) => browser.get('/api/auth/get-session', headers)],
  ['200 of health', (headers) => browser.get('/health', headers)],
  ['200 of a plugin', (headers) => browser.get('/api/auth/careless/cached', headers)],
  ['204 to a preflight', (headers) => browser.send({ ...signIn, method: 'OPTIONS', headers })],
  ['302', (headers) => browser.get('/api/auth/verify-email?token=x&callbackURL=/', headers)],
  ['400', (headers) => post({ body: '{', headers: { ...headers, 'Content-Type': 'application/json' } })],
  ['401', (headers) => post({ body, headers })],
  ['403', (headers) => post({ body: { ...body, callbackURL: 'https://evil.example' }, headers })],
  ['404', (headers) => browser.get('/nowhere', headers)],
  ['404 below the API', (headers) => browser.get('/api/auth/nowhere', headers)],
  ['405', (headers) => browser.send({ method: 'POST', path: '/health', headers })],
  ['413', (headers) => post({ body: { ...body, name: 'x'.repeat(9000) }, headers })],
  ['415', (headers) => post({ body: 'a=b', headers: { ...headers, 'Content-Type': 'text/plain' } })],
  ['429', limited],
  ['500', (headers) => browser.get('/api/auth/careless/thrown', headers)],
  ['503 without a table', (headers) => broken.another().send({ ...signIn, body, headers })],
  ['503 without a secret', (headers) => withoutSecret.send({ ...signIn, body, headers })],
];

const post = (input: Omit<EventInput, 'path'>) => browser.another().send({ ...signIn, ...input });

async function limited(headers: Record<string, string>): Promise<Answer> {
  const visitor = browser.another();
  for (let request = 0; request < 200; request++) {
    const answer = await visitor.send({
      method: 'POST',
      path: '/api/auth/two-factor/verify-totp',
      body: { code: '0' },
      headers,
    });
    if (answer.status === 429) return answer;
  }
  throw new Error('no limit was reached');
}

const corsOf = ({ headers }: Answer) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('CORS', () => {
  test.each(answers)(
    'an answer with status %s can be read by a trusted origin, with credentials',
    async (name, ask) => {
      const answer = await ask({ Origin: trustedOrigin });
      expect(answer.status).toBe(Number.parseInt(name, 10));
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': trustedOrigin,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': expect.stringContaining('Retry-After'),
        vary: expect.stringMatching(/\bOrigin\b/),
      });
    },
  );

  test.each(answers)('an answer with status %s tells other origins nothing of it', async (_, ask) => {
    const answer = await ask({ Origin: 'https://app.example.com.evil.example' });
    expect(corsOf(answer)).toEqual([]);
    expect(answer.headers.get('vary')).toMatch(/\bOrigin\b/);
  });

  test('a preflight says which methods and headers are allowed, for ten minutes', async () => {
    const { headers, status, raw } = await browser.send({
      ...signIn,
      method: 'OPTIONS',
      headers: { Origin: trustedOrigin },
    });
    expect([status, raw.body]).toEqual([204, '']);
    expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, OPTIONS');
    expect(headers.get('access-control-allow-headers')).toMatch(/^Authorization, Content-Type, /);
    expect(headers.get('access-control-max-age')).toBe('600');
  });

  test.each([
    ['no origin', undefined],
    ['the origin null', 'null'],
    ['an origin with a path', `${trustedOrigin}/`],
    ['two origins', `${trustedOrigin}, https://evil.example`],
  ])('%s gets no permission', async (_, Origin) => {
    expect(corsOf(await browser.get('/api/auth/get-session', Origin ? { Origin } : {}))).toEqual([]);
  });

  test('public documents may be read by all, without credentials', async () => {
    const { headers } = await browser.get('/.well-known/jwks.json', { Origin: 'https://anyone.example' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('security headers', () => {
  const expected = {
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
    'x-request-id': expect.any(String),
  };

  test.each(answers)('stand on an answer with status %s', async (_, ask) => {
    const answer = await ask({});
    expect(Object.fromEntries(answer.headers)).toMatchObject(expected);
    expect(answer.raw.body).not.toContain('canary');
  });

  test('stand on the answer to an event that is none', async () => {
    const answer = toAnswer(await browser.application({ Records: [] }));
    expect(answer.status).toBe(400);
    expect(Object.fromEntries(answer.headers)).toMatchObject(expected);
  });

  test.each(['/.well-known/jwks.json', '/.well-known/openid-configuration'])('%s alone may be kept', async (path) => {
    const { headers } = await browser.get(path);
    const cache = expect.stringMatching(/^public, max-age=\d+/);
    expect(Object.fromEntries(headers)).toMatchObject({ ...expected, 'cache-control': cache });
    const refused = await browser.post(path);
    expect(Object.fromEntries(refused.headers)).toMatchObject(expected);
  });
});
