import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { origin, password, type Stack, signedIn, startStack, trustedOrigin } from '../../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

describe('a state change with a cookie', () => {
  test.each(['https://evil.example', 'null', 'https://auth.example.com.evil.example', 'http://auth.example.com'])(
    'from %s is refused, and the session stands',
    async (foreign) => {
      const browser = await stack.start();
      await signedIn(stack, browser, `csrf-${Buffer.from(foreign).toString('hex')}@example.com`);
      const answer = await browser.post('/api/auth/sign-out', {}, { Origin: foreign });
      expect(answer).toMatchObject({ status: 403, json: { code: expect.stringMatching(/ORIGIN/) } });
      expect(await browser.get('/api/auth/get-session')).toMatchObject({ json: { user: {} } });
    },
  );

  test('without any origin is refused', async () => {
    const browser = await stack.start();
    await signedIn(stack, browser, 'no-origin@example.com');
    const answer = await browser.send({
      method: 'POST',
      path: '/api/auth/sign-out',
      body: {},
      headers: { Origin: '' },
    });
    expect(answer).toMatchObject({ status: 403, json: { code: 'MISSING_OR_NULL_ORIGIN' } });
  });

  test('from a trusted origin is done', async () => {
    const browser = await stack.start();
    await signedIn(stack, browser, 'trusted@example.com');
    expect(await browser.post('/api/auth/sign-out', {}, { Origin: trustedOrigin })).toMatchObject({ status: 200 });
  });

  test('redirects only to trusted origins', async () => {
    const browser = await stack.start();
    const body = { email: 'a@example.com', password, callbackURL: 'https://evil.example/steal' };
    const answer = await browser.post('/api/auth/sign-in/email', body);
    expect(answer).toMatchObject({ status: 403, json: { code: 'INVALID_CALLBACK_URL' } });
  });
});

describe('CORS', () => {
  test('a preflight from a trusted origin is allowed with credentials', async () => {
    const browser = await stack.start();
    const answer = await browser.send({
      method: 'OPTIONS',
      path: '/api/auth/sign-in/email',
      headers: { Origin: trustedOrigin, 'Access-Control-Request-Method': 'POST' },
    });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': trustedOrigin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('Content-Type'),
      vary: 'Origin',
    });
  });

  test('a preflight from elsewhere gets no permission', async () => {
    const browser = await stack.start();
    const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    const answer = await browser.send({ method: 'OPTIONS', path: '/api/auth/sign-in/email', headers });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('errors carry it too, so that a client can read them', async () => {
    const browser = await stack.start();
    const headers = { Origin: trustedOrigin };
    for (const input of [{ body: '{' }, { body: { email: 'a@example.com', password } }]) {
      const answer = await browser.send({ method: 'POST', path: '/api/auth/sign-in/email', ...input, headers });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get('access-control-allow-origin')).toBe(trustedOrigin);
    }
  });

  test('public documents may be read by all, without credentials', async () => {
    const browser = await stack.start();
    const { headers } = await browser.get('/.well-known/jwks.json', { Origin: 'https://anyone.example' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('security headers', () => {
  test.each(['/health', '/nowhere', '/api/auth/get-session', '/api/auth/nowhere', '/.well-known/jwks.json'])(
    'stand on %s',
    async (path) => {
      const { headers } = await (await stack.start()).get(path, { Origin: origin });
      expect(Object.fromEntries(headers)).toMatchObject({
        'strict-transport-security': expect.stringMatching(/max-age=\d{8,}/),
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
        'referrer-policy': 'no-referrer',
        'cache-control': path.startsWith('/.well-known/') ? expect.stringMatching(/^public/) : 'no-store',
        'x-request-id': expect.any(String),
      });
    },
  );
});

describe('cookies', () => {
  test('every one of every flow is __Host-, Secure, HttpOnly, Lax and for the whole host', async () => {
    const browser = await stack.start();
    const answers = [
      await signedIn(stack, browser, 'cookies@example.com'),
      await browser.get('/api/auth/get-session'),
      await browser.post('/api/auth/two-factor/enable', { password }),
      await browser.post('/api/auth/sign-out'),
    ];
    const cookies = answers.flatMap((answer) => answer.cookies);
    expect(cookies.length).toBeGreaterThanOrEqual(3);
    for (const cookie of cookies) {
      const [pair, ...attributes] = cookie.split('; ');
      expect(pair).toMatch(/^__Host-auth\./);
      expect(attributes).toEqual(expect.arrayContaining(['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']));
      expect(cookie).not.toMatch(/Domain=/i);
    }
  });

  test('two cookies of one answer stay two headers', async () => {
    const browser = await stack.start();
    await signedIn(stack, browser, 'two@example.com');
    const { raw } = await browser.post('/api/auth/sign-out');
    expect(raw.multiValueHeaders?.['set-cookie']?.length).toBeGreaterThanOrEqual(2);
    expect(raw.headers).toBeUndefined();
  });
});
