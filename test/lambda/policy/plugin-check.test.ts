import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint, sessionMiddleware } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import {
  anonymous,
  bearer,
  emailOTP,
  genericOAuth,
  haveIBeenPwned,
  jwt,
  magicLink,
  oneTimeToken,
  openAPI,
  organization,
  phoneNumber,
  testUtils,
  twoFactor,
  username,
} from 'better-auth/plugins';
import { describePlugins } from '../../../lambda/policy/plugin-check.ts';
import { showEndpoint } from '../../../lambda/policy/plugin-endpoints.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { isSignedIn } from '../../support/second-factor.ts';
import { type Browser, type Stack, signedIn, startStack } from '../../support/stack.ts';

const sendMagicLink = async () => {};
const sendVerificationOTP = async () => {};

/** A fork's own plugin. */
const notes = (more: Partial<BetterAuthPlugin> = {}): BetterAuthPlugin => ({
  id: 'notes',
  endpoints: {
    readNotes: createAuthEndpoint('/notes/:id', { method: 'GET', use: [sessionMiddleware] }, async (ctx) =>
      ctx.json({ id: ctx.params.id, of: ctx.context.session.user.email }),
    ),
    writeNote: createAuthEndpoint('/notes', { method: 'POST' }, async (ctx) => {
      if (ctx.body?.refuse) throw new APIError('BAD_REQUEST', { code: 'NOTE_REFUSED', message: 'no' });
      if (ctx.body?.fail) throw new Error('canary: disk full');
      return ctx.json({ written: true });
    }),
    forTheServer: createAuthEndpoint.serverOnly({ method: 'POST' }, async (ctx) => ctx.json({})),
  },
  ...more,
});

async function described(plugin: BetterAuthPlugin, stage: 'prod' | 'dev' = 'prod') {
  const [description] = describePlugins({ plugins: [plugin], stage });
  return description!;
}

describe('a plugin is refused', () => {
  test.each<[string, BetterAuthPlugin, string]>([
    ['that is there already: bearer', bearer(), 'bearer is there already'],
    ['that is there already: jwt', jwt(), 'jwt is there already: set tokenClaims'],
    ['that is there already: two-factor', twoFactor(), 'two-factor is there already: set secondFactor'],
    ['that stores its links in clear', magicLink({ sendMagicLink }), "plugins.magic-link.storeToken is 'plain'"],
    ['that stores its codes in clear', emailOTP({ sendVerificationOTP }), "plugins.email-otp.storeOTP is 'plain'"],
    ['that stores its tokens in clear', oneTimeToken(), "plugins.one-time-token.storeToken is 'plain'"],
    ['that shows every endpoint', openAPI(), 'it shows every endpoint to everybody'],
    ['that signs in without credentials', testUtils(), 'it signs in without credentials'],
    ['with Gatehouse’s id', notes({ id: 'gatehouse-audit' }), "is Gatehouse's"],
    [
      'that takes the place of Better Auth’s endpoint',
      { id: 'thief', endpoints: { mine: createAuthEndpoint('/sign-in/email', { method: 'POST' }, async () => {}) } },
      '/sign-in/email is an endpoint of Better Auth',
    ],
    [
      'whose endpoints have no limit',
      notes({ rateLimit: [{ window: 1, max: 100_000, pathMatcher: (path) => path.startsWith('/notes') }] }),
      '/notes has no limit; set one in limits.paths',
    ],
    ['without the origin that it has to check', { id: 'passkey', options: {} }, 'plugins.passkey.origin is not set'],
    [
      'whose provider is asked without PKCE',
      genericOAuth({
        config: [
          {
            providerId: 'x',
            clientId: 'x',
            pkce: false,
            authorizationUrl: 'https://a.example',
            tokenUrl: 'https://t.example',
          },
        ],
      }),
      'has x with pkce is false',
    ],
    [
      'whose provider is asked in clear',
      genericOAuth({
        config: [
          { providerId: 'x', clientId: 'x', authorizationUrl: 'https://a.example', tokenUrl: 'http://t.example' },
        ],
      }),
      'https',
    ],
  ])('%s', async (_name, plugin, words) => {
    const { problems } = await described(plugin);
    expect(problems.join('\n')).toContain(words);
  });

  test('that comes twice', async () => {
    const [, second] = describePlugins({ plugins: [notes(), notes()], stage: 'prod' });
    expect(second!.problems).toContain('there are two plugins with the id notes; allowed is one');
  });
});

test.each<[string, BetterAuthPlugin, string]>([
  ['anonymous', anonymous(), 'gets a user and a session'],
  ['have-i-been-pwned', haveIBeenPwned(), 'passwords.breachCheck'],
  ['phone-number', phoneNumber({ sendOTP: () => {} }), 'in clear in the table'],
])('%s is allowed, with a warning', async (_name, plugin, words) => {
  const { problems, warnings } = await described(plugin);
  expect(problems).toEqual([]);
  expect(warnings.join('\n')).toContain(words);
});

test('what is refused in prod only is a warning in dev', async () => {
  const { problems, warnings } = await described(magicLink({ sendMagicLink }), 'dev');
  expect(problems).toEqual([]);
  expect(warnings.join('\n')).toContain("plugins.magic-link.storeToken is 'plain'");
});

test.each([
  ['organization', organization()],
  ['username', username()],
  ['magic-link that hashes', magicLink({ sendMagicLink, storeToken: 'hashed' })],
  ['notes', notes()],
])('nothing is to be said about %s', async (_name, plugin) => {
  expect(await described(plugin)).toMatchObject({ problems: [], warnings: [] });
});

test('each endpoint is listed with its limit, and whether it needs a session', async () => {
  const { endpoints } = await described(notes());
  expect(endpoints.map(showEndpoint)).toEqual([
    'GET /notes/:id: session needed; 100 in 60 s by source',
    'POST /notes: session not needed; 100 in 60 s by source',
  ]);
  const { endpoints: links } = await described(magicLink({ sendMagicLink, storeToken: 'hashed' }));
  expect(links.map(showEndpoint)).toEqual([
    'POST /sign-in/magic-link: session depends on the plugin; 5 in 60 s by source',
    'GET /magic-link/verify: session depends on the plugin; 5 in 60 s by source and route',
  ]);
  const { endpoints: own } = await described(
    notes({
      endpoints: { list: createAuthEndpoint('/mine', { method: 'GET', use: [async () => {}] }, async () => {}) },
    }),
  );
  expect(own.map(({ session }) => session)).toEqual(['depends on the plugin']);
});

test('a function that decides on limits is not asked before there is a request', () => {
  const limits = {
    paths: {
      '/notes': () => {
        throw new Error('there is no tenant');
      },
    },
  };
  const [description] = describePlugins({ plugins: [notes()], limits, stage: 'prod' });
  expect(description!.problems).toEqual([]);
  expect(description!.endpoints.map(showEndpoint)).toContain(
    'POST /notes: session not needed; limit decided per request',
  );
});

describe('a plugin of a fork', () => {
  let stack: Stack;
  let container: Browser;
  let seen: object | undefined;
  beforeAll(async () => {
    stack = await startStack();
    const cheap = withCheapPasswords();
    const curious = notes({
      init: (context) => {
        seen = context;
      },
    });
    container = await stack.start({ ...cheap, options: { ...cheap.options, plugins: [curious] } });
  });
  afterAll(() => stack.stop());

  test('is refused at init by its name', async () => {
    await expect(stack.start({ options: { plugins: [openAPI()] } })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(/^plugins are refused: open-api: /),
    });
  });

  test.each([
    ['a change', {}, 'account_changed', 200],
    ['a refusal', { refuse: true }, 'account_change_refused', 400],
    ['an error', { fail: true }, 'unexpected_error', 500],
  ])('has %s on record like ours: one event, with its code', async (_name, body, event, status) => {
    const output = await captureLogs(async () => {
      const answer = await container.another().post('/api/auth/notes', body);
      expect(answer).toMatchObject({ status });
      expect(JSON.stringify(answer.json)).not.toContain('canary');
    });
    expect(auditEvents(output)).toMatchObject([{ event, http_response: { code: status } }]);
    if (status === 400) expect(auditEvents(output)).toMatchObject([{ status_code: 'NOTE_REFUSED' }]);
    expect(output).not.toContain('canary');
  });

  test('is behind the origin check, the limits and the session check of Better Auth', async () => {
    const browser = container.another();
    expect(await browser.get('/api/auth/notes/1')).toMatchObject({ status: 401 });
    await signedIn(stack, browser, 'notes@example.com');
    expect(await isSignedIn(browser)).toBe(true);
    expect(await browser.get('/api/auth/notes/1')).toMatchObject({ json: { id: '1', of: 'notes@example.com' } });
    expect(await browser.post('/api/auth/notes', {}, { Origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    });
    const crowd = container.another();
    const statuses: number[] = [];
    for (let i = 0; i < 101; i++) statuses.push((await crowd.post('/api/auth/notes')).status);
    expect(statuses.slice(-1)).toEqual([429]);
  });

  test('sees the context that Better Auth gives every plugin, and nothing of Gatehouse’s', async () => {
    let plain: object | undefined;
    const bare = notes({
      init: (context) => {
        plain = context;
      },
    });
    await betterAuth({ baseURL: 'https://a.example', secret: randomBytes(32).toString('hex'), plugins: [bare] })
      .$context;
    expect(Object.keys(seen!).sort()).toEqual(Object.keys(plain!).sort());
    const { clients, environment, kms } = seen as Record<string, unknown>;
    expect([clients, environment, kms]).toEqual([undefined, undefined, undefined]);
    expect(Object.keys((seen as { options: object }).options)).not.toEqual(
      expect.arrayContaining(['clients', 'environment', 'keySet', 'now']),
    );
  });
});
