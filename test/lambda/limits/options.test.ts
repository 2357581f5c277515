import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import * as z from 'zod';
import type { LimitOptions, LimitsOfRequest } from '../../../lambda/limits/limit-options.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { type Browser, frozenClock, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { parseStructuredList } from './structured-list.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const work = createAuthEndpoint(
  '/job/:what',
  { method: 'POST', body: z.object({ fail: z.boolean().optional(), email: z.string().optional() }) },
  async (context) => {
    if (context.body.fail) throw context.error('BAD_REQUEST', { message: 'failed', code: 'FAILED' });
    return context.json({ ok: true });
  },
);
const pluginLimit = { window: 60, max: 2, pathMatcher: (path: string) => path.startsWith('/own/') };
const own = createAuthEndpoint('/own/:what', { method: 'GET' }, async (context) => context.json({ ok: true }));
const plugins: BetterAuthPlugin[] = [
  { id: 'job', endpoints: { work } },
  { id: 'own', endpoints: { own }, rateLimit: [pluginLimit] },
];

/** A container with these limits; windows do not end in the middle of a test. */
const start = (limits: LimitOptions, stage = 'dev') =>
  stack.start({ now: frozenClock(), options: { plugins, limits }, variables: { GATEHOUSE_STAGE: stage } });

const statuses = async (count: number, send: (index: number) => Promise<{ status: number }>) => {
  const all: number[] = [];
  for (let index = 0; index < count; index++) all.push((await send(index)).status);
  return all;
};
const post = (browser: Browser, path: string, body: object = {}, headers = {}) =>
  browser.post(`/api/auth${path}`, body, headers);

describe('the default', () => {
  test('is 100 requests in a minute from one source, over all paths that have no limit of their own', async () => {
    const browser = await start({});
    const paths = ['/ok', '/list-sessions', '/nowhere', '/job/a'];
    const all = await statuses(101, (index) => browser.get(`/api/auth${paths[index % 4]}`));
    expect(all.slice(0, 100)).not.toContain(429);
    expect(all[100]).toBe(429);
    expect((await browser.another().get('/api/auth/ok')).status).toBe(200);
  });

  test('can be another one, or none', async () => {
    const browser = await start({ default: { window: 60, max: 2 } });
    expect(await statuses(3, () => browser.get('/api/auth/ok'))).toEqual([200, 200, 429]);
    const unlimited = await start({ default: false });
    const answer = await unlimited.get('/api/auth/ok');
    expect(answer.headers.get('ratelimit')).toBeNull();
  });

  test('leaves out get-session, the key set, discovery and health', async () => {
    const browser = await start({ default: { window: 60, max: 1 } });
    await browser.get('/api/auth/ok');
    for (const path of ['/api/auth/get-session', '/.well-known/jwks.json', '/health']) {
      expect(await statuses(3, () => browser.get(path))).toEqual([200, 200, 200]);
    }
  });
});

describe('paths', () => {
  test('a wildcard counts all that it matches together; the first pattern that matches counts', async () => {
    const browser = await start({
      paths: { '/job/free': false, '/job/*': { window: 60, max: 2 }, '/job/other': { window: 60, max: 9 } },
    });
    const send = (path: string) => post(browser, path);
    expect(await statuses(3, (index) => send(['/job/a', '/job/other', '/job/c'][index]!))).toEqual([200, 200, 429]);
    expect(await statuses(5, () => send('/job/free'))).toEqual([200, 200, 200, 200, 200]);
  });

  test('stand before Gatehouse’s own and those of plugins, which stand before the default', async () => {
    const browser = await start({ default: { window: 60, max: 4 }, paths: { '/sign-up/*': { window: 60, max: 1 } } });
    expect(await statuses(3, (index) => browser.get(`/api/auth/own/x?${index}`))).toEqual([200, 200, 429]);
    const body = { name: 'A', email: 'not an address', password: 'x' };
    expect(await statuses(2, () => post(browser, '/sign-up/email', body))).toEqual([400, 429]);
  });

  test('a function decides each request, also later, from what would be in force', async () => {
    const seen: unknown[] = [];
    const browser = await start({
      paths: {
        '/job/*': async (request, current) => {
          seen.push(current);
          await Promise.resolve();
          return request.headers.get('x-partner') === 'yes' ? false : { window: 60, max: 1 };
        },
      },
    });
    expect(await statuses(2, () => post(browser, '/job/a'))).toEqual([200, 429]);
    expect(await statuses(3, () => post(browser, '/job/a', {}, { 'X-Partner': 'yes' }))).toEqual([200, 200, 200]);
    expect(seen[0]).toEqual({ window: 60, max: 100 });
  });

  test('a function that fails closes the path', async () => {
    const broken: LimitsOfRequest = (request, current) => {
      if (request.headers.has('x-broken')) throw new Error('rule is broken');
      return current;
    };
    const browser = await start({ paths: { '/job/*': broken } });
    expect(await post(browser, '/job/a', {}, { 'X-Broken': 'yes' })).toMatchObject({
      status: 500,
      json: { code: 'INTERNAL_ERROR' },
    });
  });
});

describe('a key', () => {
  const limit = { window: 60, max: 1 } as const;

  test('of the account counts an address over all sources, in any spelling', async () => {
    const browser = await start({ paths: { '/job/*': { ...limit, key: ['account'] } } });
    const emails = ['ada@example.com', ' ADA@Example.com', 'bob@example.com'];
    expect(await statuses(3, (index) => post(browser.another(), '/job/a', { email: emails[index] }))).toEqual([
      200, 429, 200,
    ]);
  });

  test('of what a request does not have is the source, never one counter for all', async () => {
    const browser = await start({ paths: { '/job/*': { ...limit, key: ['account'] } } });
    expect(await statuses(2, () => post(browser, '/job/a'))).toEqual([200, 429]);
    expect((await post(browser.another(), '/job/a')).status).toBe(200);
  });

  test('of the user follows a session over sources, and a forged one nowhere', async () => {
    const browser = await start({ paths: { '/job/*': { ...limit, key: ['user'] } } });
    await signedIn(stack, browser, 'limited@example.com');
    const elsewhere = browser.another();
    for (const [name, value] of browser.jar) elsewhere.jar.set(name, value);
    expect(await statuses(1, () => post(browser, '/job/a'))).toEqual([200]);
    expect(await statuses(1, () => post(elsewhere, '/job/a'))).toEqual([429]);
    const forger = browser.another();
    for (const [name, value] of browser.jar) forger.jar.set(name, `${value.slice(0, -8)}AAAAAA%3D`);
    expect(await statuses(1, () => post(forger, '/job/a'))).toEqual([200]);
  });

  test('of the route counts each path of a pattern apart, a header each value', async () => {
    const byRoute = await start({ paths: { '*': { ...limit, key: ['source', 'route'] } } });
    const send = (path: string) => byRoute.get(`/api/auth${path}`);
    expect(await statuses(3, (index) => send(['/ok', '/own/x', '/ok'][index]!))).toEqual([200, 200, 429]);
    const byHeader = await start({ paths: { '/job/*': { ...limit, key: ['header:x-tenant'] } } });
    const tenants = ['a', 'b', 'a'];
    expect(
      await statuses(3, (index) => post(byHeader.another(), '/job/a', {}, { 'X-Tenant': tenants[index]! })),
    ).toEqual([200, 200, 429]);
  });
});

describe('counting failures', () => {
  test('on any path: what succeeds is given back', async () => {
    const browser = await start({ paths: { '/job/*': { window: 60, max: 2, count: 'failures' } } });
    expect(await statuses(6, () => post(browser, '/job/a'))).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await statuses(3, () => post(browser, '/job/a', { fail: true }))).toEqual([400, 400, 429]);
  });

  test('the fields on a success say what is left after it was given back', async () => {
    const browser = await start({ paths: { '/job/*': { window: 60, max: 2, count: 'failures' } } });
    const answer = await post(browser, '/job/a');
    expect(parseStructuredList(answer.headers.get('ratelimit')!)[0]!.parameters.r).toBe(2);
    const failed = await post(browser, '/job/a', { fail: true });
    expect(parseStructuredList(failed.headers.get('ratelimit')!)[0]!.parameters.r).toBe(1);
  });
});

describe('several limits of one path', () => {
  const limits = [
    { window: 10, max: 3 },
    { window: 3600, max: 5, key: ['account'], message: 'This account has been asked for too often.' },
  ] as const;

  test('all count; the fields name each, and the wait is the longest', async () => {
    const browser = await start({ message: 'Slow down.', paths: { '/job/*': limits } });
    const body = { email: 'several@example.com' };
    const first = await post(browser, '/job/a', body);
    expect(parseStructuredList(first.headers.get('ratelimit-policy')!)).toEqual([
      { value: 'source', parameters: { q: 3, w: 10 } },
      { value: 'account', parameters: { q: 5, w: 3600 } },
    ]);
    expect(parseStructuredList(first.headers.get('ratelimit')!).map(({ parameters }) => parameters.r)).toEqual([2, 4]);
    expect(await statuses(2, () => post(browser, '/job/a', body))).toEqual([200, 200]);
    expect(await post(browser, '/job/a', body)).toMatchObject({ status: 429, json: { message: 'Slow down.' } });
    const last = await post(browser.another(), '/job/a', body);
    expect(last.status).toBe(200);
    const refused = await post(browser.another(), '/job/a', body);
    expect(refused).toMatchObject({ status: 429, json: { message: limits[1].message, code: 'RATE_LIMITED' } });
    const [, account] = parseStructuredList(refused.headers.get('ratelimit')!);
    expect(refused.headers.get('retry-after')).toBe(String(account!.parameters.t));
  });
});

test('every 429 is one audit event', async () => {
  const browser = await start({ paths: { '/job/*': { window: 60, max: 0 } } });
  const output = await captureLogs(() => post(browser, '/job/a'));
  expect(auditEvents(output)).toMatchObject([{ event: 'rate_limited', status_code: 'RATE_LIMITED' }]);
});

test('mails to one address are limited as set', async () => {
  const browser = await start({ mail: { window: 3600, max: 1 } });
  const body = { name: 'M', email: 'mail-limit@example.com', password: 'correct horse battery staple' };
  await post(browser, '/sign-up/email', body);
  await stack.mails();
  await post(browser, '/request-password-reset', { email: body.email });
  await post(browser, '/request-password-reset', { email: body.email });
  expect((await stack.mails()).map(({ kind }) => kind)).toEqual(['reset-password']);
});

test('what is dangerous in prod fails at init there', async () => {
  const limits = { paths: { '/sign-in/*': false } } as const;
  await expect(stack.start({ options: { limits } })).rejects.toThrow(/limits\.paths leaves \/sign-in\/email/);
  await expect(start({ paths: { '/job/*': { window: 0, max: 1 } } })).rejects.toThrow(/limits\.paths at '\/job\/\*'/);
});
