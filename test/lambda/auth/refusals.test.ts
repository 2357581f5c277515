import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { proxyEvent } from '../../support/event.ts';
import { type Browser, frozenClock, password, type Stack, startStack, toAnswer } from '../../support/stack.ts';

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
});
beforeEach(async () => {
  browser = await stack.start({ now: frozenClock() });
});
afterAll(() => stack.stop());

const signIn = '/api/auth/sign-in/email';

describe('bad input has a clear answer', () => {
  test.each([
    ['nothing', undefined],
    ['a string', 'event'],
    ['another kind of event', { Records: [] }],
    ['no source address', { ...proxyEvent({ path: '/health' }), requestContext: { requestId: 'x', identity: {} } }],
    ['an unknown method', { ...proxyEvent({ path: '/health' }), httpMethod: 'TRACE' }],
    ['a path that is none', { ...proxyEvent({ path: '/health' }), path: 'health' }],
  ])('an event that is %s', async (_, event) => {
    const answer = toAnswer(await browser.application(event));
    expect(answer).toMatchObject({ status: 400, json: { code: 'MALFORMED_EVENT', requestId: expect.any(String) } });
  });

  test('any garbage at all: always an answer with a code, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.anything(),
          fc
            .record({
              path: fc.webPath().map((path) => `/${path}`),
              body: fc.string(),
              name: fc.string(),
              value: fc.string(),
            })
            .map(({ path, body, name, value }) =>
              proxyEvent({ method: 'POST', path, body, headers: { [name]: value } }),
            ),
        ),
        async (event) => {
          const answer = toAnswer(await browser.application(event));
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
          expect(answer.json).toMatchObject({ code: expect.any(String), message: expect.any(String) });
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ['a body over 8 KB', { body: { email: 'a@example.com', password: 'x'.repeat(9000) } }, 413, 'PAYLOAD_TOO_LARGE'],
    [
      'a content type that is not supported',
      { body: 'a=1', headers: { 'Content-Type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['no content type', { body: 'a=1' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['invalid JSON', { body: '{"email":', headers: { 'Content-Type': 'application/json' } }, 400, 'INVALID_JSON'],
    ['JSON that is no object', { body: '[1]', headers: { 'Content-Type': 'application/json' } }, 400, 'INVALID_JSON'],
    ['a missing field', { body: { email: 'a@example.com' } }, 400, 'VALIDATION_ERROR'],
    ['a field of the wrong type', { body: { email: 7, password } }, 400, 'VALIDATION_ERROR'],
    ['a header that HTTP does not allow', { headers: { 'x bad': 'value' } }, 400, 'MALFORMED_HEADER'],
  ])('%s', async (_, input, status, code) => {
    const answer = await browser.send({ method: 'POST', path: signIn, ...input });
    expect(answer).toMatchObject({
      status,
      json: { code, message: expect.any(String), requestId: expect.stringMatching(/^test-request-/) },
    });
    expect(answer.headers.get('x-request-id')).toBe(answer.json.requestId);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.raw.body).not.toMatch(/node_modules|\n\s+at /);
  });

  test.each([
    ['/nowhere', 404],
    ['/api/auth/nowhere', 404],
    ['/api/auth', 404],
    ['/api/auth/../../../etc/passwd', 404],
    ['/..%2f..%2fhealth', 404],
    ['/api/auth//sign-in/email', 404],
  ])('the unknown path %s', async (path, status) => {
    expect(await browser.send({ path })).toMatchObject({ status, json: { code: 'NOT_FOUND' } });
  });

  test('a method that a path does not know', async () => {
    const answer = await browser.post('/.well-known/jwks.json');
    expect(answer).toMatchObject({ status: 405, json: { code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  test.each(['garbage', 'a.b.c', '%00', '__Host-auth.session_token=', `__Host-auth.session_token=x.${'y'.repeat(44)}`])(
    'the cookie %j is no session',
    async (cookie) => {
      expect(await browser.get('/api/auth/get-session', { Cookie: cookie })).toMatchObject({ status: 200, json: null });
      expect(await browser.get('/api/auth/token', { Cookie: cookie })).toMatchObject({
        status: 401,
        json: { code: 'UNAUTHORIZED' },
      });
    },
  );

  test('a password that is too short names the rule', async () => {
    const answer = await browser.post('/api/auth/sign-up/email', {
      name: 'A',
      email: 'a@example.com',
      password: 'short',
    });
    expect(answer).toMatchObject({ status: 400, json: { code: 'PASSWORD_TOO_SHORT' } });
  });
});

describe('the client address', () => {
  test('is what API Gateway saw, whatever the client claims', async () => {
    const spoofed = (value: string) => ({
      'X-Forwarded-For': value,
      'x-gatehouse-client-ip': value,
      'X-Real-IP': value,
      'CF-Connecting-IP': value,
      'True-Client-IP': value,
      Forwarded: `for=${value}`,
    });
    const answers = [];
    for (let request = 0; request < 4; request++) {
      answers.push(
        await browser.post('/api/auth/two-factor/verify-totp', { code: '000000' }, spoofed(`10.0.0.${request}`)),
      );
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
    const other = await browser.another().post('/api/auth/two-factor/verify-totp', { code: '000000' });
    expect(other.status).toBe(401);
  });

  test('counts an IPv6 network as one source', async () => {
    const send = (sourceIp: string) =>
      browser.send({ method: 'POST', path: '/api/auth/two-factor/verify-totp', body: { code: '000000' }, sourceIp });
    const answers = [];
    for (const host of ['1', '2', '3', '4']) answers.push(await send(`2001:db8:1:2::${host}`));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
    expect((await send('2001:db8:1:3::1')).status).toBe(401);
  });
});

describe('limits', () => {
  test('a client cannot give itself a fresh one with each path that it invents', async () => {
    const answers = [];
    for (let guess = 0; guess < 101; guess++)
      answers.push(await browser.get(`/api/auth/reset-password/guess${guess}?callbackURL=/`));
    expect(answers.at(-2)?.status).not.toBe(429);
    expect(answers.at(-1)?.status).toBe(429);
  });

  test('the endpoint that checks a password for a session is closed', async () => {
    expect(await browser.post('/api/auth/verify-password', { password })).toMatchObject({ status: 404 });
  });

  test('a source past its limit gets 429 with the fields that say when to come back', async () => {
    const send = () => browser.post('/api/auth/two-factor/verify-totp', { code: '000000' });
    const first = await send();
    expect(first.headers.get('ratelimit-policy')).toBe('"source";q=3;w=10');
    expect(first.headers.get('ratelimit')).toMatch(/^"source";r=2;t=\d+$/);
    await send();
    await send();
    const limited = await send();
    expect(limited).toMatchObject({ status: 429, json: { code: 'RATE_LIMITED', requestId: expect.any(String) } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(limited.headers.get('x-retry-after')).toBe(limited.headers.get('retry-after'));
    expect(limited.headers.get('access-control-allow-origin')).toBe('https://auth.example.com');
  });
});
