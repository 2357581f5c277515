import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthEndpoint } from 'better-auth/api';
import { magicLink, organization } from 'better-auth/plugins';
import type { AuthOptions } from '../../../lambda/auth/auth-options.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { endpointSpy } from '../../support/endpoints.ts';
import {
  type Answer,
  type Browser,
  frozenClock,
  origin,
  type Stack,
  signedIn,
  startStack,
  trustedOrigin,
} from '../../support/stack.ts';

let stack: Stack;
let browser: Browser;
const spy = endpointSpy();

/** Better Auth's plugins and a fork's own: the check must not depend on who opened an endpoint. */
const options: AuthOptions = {
  plugins: [
    organization(),
    spy.plugin,
    magicLink({ storeToken: 'hashed', sendMagicLink: async () => undefined }),
    {
      id: 'own',
      endpoints: {
        ownThing: createAuthEndpoint('/own/thing', { method: 'PUT' }, async (ctx) => ctx.json({ done: true })),
      },
    },
  ],
};

beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start({ ...withCheapPasswords({}, options), now: frozenClock() });
  await signedIn(stack, browser, 'origin-check@example.com');
});
afterAll(() => stack.stop());

const cookie = () => [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ');

/** From an address of its own, so that no limit gets in the way. */
const send = (method: string, path: string, headers: Record<string, string>, body?: object): Promise<Answer> =>
  browser.another().send({ method, path, body, headers: { Origin: '', ...headers } });

const stateChanges = () => spy.endpoints().filter(({ method }) => method !== 'GET');

test('there are endpoints of every kind', () => {
  const paths = stateChanges().map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      '/sign-in/email',
      '/two-factor/disable',
      '/admin/set-role',
      '/organization/create',
      '/own/thing',
    ]),
  );
  expect(paths.length).toBeGreaterThan(50);
});

describe('a state change with a cookie', () => {
  const foreign: [string, Record<string, string>, string][] = [
    ['a foreign origin', { Origin: 'https://evil.example' }, 'INVALID_ORIGIN'],
    ['no origin', {}, 'MISSING_OR_NULL_ORIGIN'],
    ['the origin null', { Origin: 'null' }, 'MISSING_OR_NULL_ORIGIN'],
  ];

  test.each(foreign)('from %s is refused and audited at every endpoint', async (_, headers, code) => {
    const wrong: unknown[] = [];
    const output = await captureLogs(async () => {
      for (const { method, path } of stateChanges()) {
        const answer = await send(method, `/api/auth${path}`, { Cookie: cookie(), ...headers }, {});
        if (answer.status !== 403 || answer.json.code !== code) wrong.push([method, path, answer.status, answer.json]);
      }
    });
    expect(wrong).toEqual([]);
    const events = auditEvents(output);
    expect(events).toHaveLength(stateChanges().length);
    for (const event of events) expect(event).toMatchObject({ event: 'origin_rejected', status_code: code });
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ json: { user: {} } });
  });

  test.each([
    ...foreign,
    ['a look-alike', { Origin: 'https://auth.example.com.evil.example' }, 'INVALID_ORIGIN'],
    ['our host over http', { Origin: 'http://auth.example.com' }, 'INVALID_ORIGIN'],
    ['null from a page of ours', { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }, 'MISSING_OR_NULL_ORIGIN'],
    ['a good Referer only', { Referer: `${origin}/page` }, 'MISSING_OR_NULL_ORIGIN'],
    ['our origin on another site', { Origin: origin, 'Sec-Fetch-Site': 'cross-site' }, 'CROSS_SITE_REQUEST'],
  ])('from %s changes nothing', async (_, headers, code) => {
    for (const [method, path] of [
      ['POST', '/sign-out'],
      ['PUT', '/own/thing'],
    ] as const) {
      const answer = await send(method, `/api/auth${path}`, { Cookie: cookie(), ...headers }, {});
      expect(answer).toMatchObject({ status: 403, json: { code }, cookies: [] });
    }
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ json: { user: {} } });
  });

  test.each([
    ['our own', origin, {}],
    ['our own, same-origin', origin, { 'Sec-Fetch-Site': 'same-origin' }],
    ['a trusted one', trustedOrigin, {}],
    ['a trusted one on another site', trustedOrigin, { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' }],
  ])('from %s gets through to the endpoint', async (_, from, headers) => {
    const answer = await send('PUT', '/api/auth/own/thing', { Cookie: cookie(), Origin: from, ...headers }, {});
    expect(answer).toMatchObject({ status: 200, json: { done: true } });
  });
});

describe('a state change without a cookie', () => {
  const body = { email: 'nobody@example.com', password: 'wrong password entirely' };
  const signIn = (headers: Record<string, string>) => send('POST', '/api/auth/sign-in/email', headers, body);

  test('of a program is answered', async () => {
    expect(await signIn({})).toMatchObject({ status: 401 });
    const bearer = { Authorization: 'Bearer x', 'Sec-Fetch-Mode': 'cors' };
    expect(await send('PUT', '/api/auth/own/thing', bearer, {})).toMatchObject({ status: 200 });
  });

  test.each([
    ['a foreign origin', { Origin: 'https://evil.example' }],
    ['the origin null', { Origin: 'null' }],
    ['a form of another site', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }],
  ])('from %s is refused, so that nobody is signed in to an account of another', async (_, headers) => {
    expect(await signIn(headers)).toMatchObject({ status: 403 });
    expect(await send('POST', '/api/auth/sign-in/magic-link', headers, body)).toMatchObject({ status: 403 });
  });

  test('at a callback is the provider’s own post, which the state proves', async () => {
    const headers = { Origin: 'https://appleid.apple.com', 'Sec-Fetch-Site': 'cross-site' };
    const answer = await send('POST', '/api/auth/callback/apple', headers, { code: 'x', state: 'y' });
    expect(answer.status).not.toBe(403);
    const withCookie = await send('POST', '/api/auth/callback/apple', { ...headers, Cookie: cookie() }, {});
    expect(withCookie).toMatchObject({ status: 403, json: { code: 'INVALID_ORIGIN' } });
  });
});

describe('reading with a cookie', () => {
  const read = (headers: Record<string, string>) =>
    send('GET', '/api/auth/get-session', { Cookie: cookie(), ...headers });

  test.each([
    ['nothing said, as by old browsers', {}],
    ['a page of ours', { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' }],
    ['the address bar', { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' }],
    ['a link in a mail', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }],
    ['a trusted site', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors', Origin: trustedOrigin }],
  ])('from %s is answered', async (_, headers) => {
    expect(await read(headers)).toMatchObject({ status: 200, json: { user: {} } });
  });

  test.each([
    ['an image on another site', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }],
    ['a script on a host beside this one', { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors' }],
    ['an untrusted site', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors', Origin: 'https://evil.example' }],
  ])('from %s is refused', async (_, headers) => {
    expect(await read(headers)).toMatchObject({ status: 403, json: { code: 'CROSS_SITE_REQUEST' } });
  });

  test('from elsewhere without a cookie is answered: it tells nothing', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' };
    expect(await send('GET', '/api/auth/get-session', headers)).toMatchObject({ status: 200, json: null });
  });
});

test('a plugin that brings origins along trusts nobody with them', async () => {
  const widened = await stack.start({
    options: {
      plugins: [
        {
          id: 'widens',
          endpoints: {
            asks: createAuthEndpoint('/widens/asks', { method: 'GET' }, async (ctx) =>
              ctx.json({
                foreign: ctx.context.isTrustedOrigin('https://evil.example/x'),
                own: ctx.context.isTrustedOrigin(`${trustedOrigin}/x`),
                relative: ctx.context.isTrustedOrigin('/x', { allowRelativePaths: true }),
                relativeAsOrigin: ctx.context.isTrustedOrigin('/x'),
              }),
            ),
          },
          init: () => ({
            options: {
              trustedOrigins: async (request?: Request) =>
                request?.headers.get('user-agent')?.includes('Mobile') ? ['https://evil.example'] : [],
            },
          }),
        },
      ],
    },
  });
  await signedIn(stack, widened, 'widened@example.com');
  const headers = { Origin: 'https://evil.example', 'User-Agent': 'Mobile' };
  const answer = await widened.post('/api/auth/sign-out', {}, headers);
  expect(answer).toMatchObject({ status: 403, json: { code: 'INVALID_ORIGIN' } });
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  expect((await widened.get('/api/auth/widens/asks', { 'User-Agent': 'Mobile' })).json).toEqual({
    foreign: false,
    own: true,
    relative: true,
    relativeAsOrigin: false,
  });
  const redirected = { email: 'a@example.com', password: 'x', callbackURL: 'https://evil.example/' };
  expect(await widened.post('/api/auth/sign-in/email', redirected, { 'User-Agent': 'Mobile' })).toMatchObject({
    status: 403,
    json: { code: 'INVALID_CALLBACK_URL' },
  });
});
