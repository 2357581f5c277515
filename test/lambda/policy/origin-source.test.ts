import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OriginFunction } from '../../../lambda/policy/origin-options.ts';
import { originSource } from '../../../lambda/policy/origin-source.ts';
import { captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { baseUrl, type Stack, signedIn, startStack } from '../../support/stack.ts';

describe('a function of trusted origins', () => {
  const clock = { time: Date.UTC(2026, 10, 23) };
  const sourceOf = (trustedOrigins: OriginFunction, stage: 'dev' | 'prod' = 'prod') =>
    originSource({
      stage,
      baseUrl,
      configured: ['https://fixed.example.com'],
      trustedOrigins,
      now: () => new Date(clock.time),
      patience: 20,
    });

  test('is told the host and nothing else, so that a list cannot widen on what a client says of itself', async () => {
    const seen: unknown[] = [];
    const source = sourceOf((request) => {
      seen.push(request);
      return [];
    });
    await source.forHost('A.Example.com:8443');
    expect(seen).toEqual([{ host: 'a.example.com:8443' }]);
  });

  test('adds to the fixed origins, for its host only', async () => {
    const source = sourceOf(async ({ host }) => [`https://app.${host}`]);
    const one = await source.forHost('one.example.com');
    expect(one.isOrigin('https://app.one.example.com')).toBe(true);
    expect(one.isOrigin('https://app.two.example.com')).toBe(false);
    for (const fixed of ['https://fixed.example.com', 'https://auth.example.com'])
      expect(one.isOrigin(fixed)).toBe(true);
    expect(source.fixed.isOrigin('https://app.one.example.com')).toBe(false);
  });

  test('is asked once a minute for each host, however many requests come', async () => {
    let asked = 0;
    const source = sourceOf(async () => [`https://app-${++asked}.example.com`]);
    const together = await Promise.all(Array.from({ length: 20 }, () => source.forHost('a.example.com')));
    clock.time += 59_000;
    const later = await source.forHost('A.EXAMPLE.com');
    expect(asked).toBe(1);
    expect(new Set([...together, later]).size).toBe(1);
    clock.time += 1_000;
    expect((await source.forHost('a.example.com')).isOrigin('https://app-2.example.com')).toBe(true);
    await source.forHost('b.example.com');
    expect(asked).toBe(3);
  });

  test('is asked again for a host that a thousand others displaced', async () => {
    let asked = 0;
    const source = sourceOf(() => {
      asked++;
      return [];
    });
    for (let host = 0; host <= 1_000; host++) await source.forHost(`h${host}.example.com`);
    await source.forHost('h1000.example.com');
    expect(asked).toBe(1_001);
    await source.forHost('h0.example.com');
    expect(asked).toBe(1_002);
  });

  test.each([
    ['a wildcard over everything', 'https://*'],
    ['a wildcard over a top level', 'https://*.com'],
    ['a wildcard over shared hosting', 'https://*.vercel.app'],
    ['http', 'http://app.example.com'],
    ['the loopback in prod', 'http://localhost:3000'],
    ['a path', 'https://app.example.com/x'],
    ['a script', 'javascript://'],
    ['every extension', 'chrome-extension://'],
    ['null', 'null'],
    ['no text', 7 as unknown as string],
  ])('has %s left out and logged, and the rest kept', async (_, bad) => {
    const source = sourceOf(() => ['https://good.example.com', bad]);
    let patterns: readonly string[] = [];
    const output = await captureLogs(async () => {
      patterns = (await source.forHost('a.example.com')).patterns;
    });
    expect(patterns).toEqual(['https://auth.example.com', 'https://fixed.example.com', 'https://good.example.com']);
    expect(output).toMatch(/"level":"WARN".*a trusted origin was left out.*"problem":/);
  });

  test.each<[string, OriginFunction]>([
    [
      'throws',
      () => {
        throw new Error('canary-detail');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('canary-detail');
      },
    ],
    ['never answers', () => new Promise(() => undefined)],
    ['answers with nonsense', () => null as unknown as string[]],
  ])('that %s adds nothing, and is asked again', async (name, fail) => {
    let asked = 0;
    const source = sourceOf((request) => (++asked === 1 ? fail(request) : ['https://app.example.com']));
    let first: readonly string[] = [];
    const output = await captureLogs(async () => {
      first = (await source.forHost('a.example.com')).patterns;
    });
    expect(first).toEqual(['https://auth.example.com', 'https://fixed.example.com']);
    expect(output).toMatch(/trusted origin/);
    expect(output).not.toContain('canary-detail');
    if (name === 'answers with nonsense') clock.time += 60_000;
    expect((await source.forHost('a.example.com')).isOrigin('https://app.example.com')).toBe(true);
  });

  test.each([undefined, '', 'a b', 'a/b', 'a@b', 'x'.repeat(256)])('is not asked for the host %j', async (host) => {
    const source = sourceOf(() => {
      throw new Error('asked');
    });
    expect(await source.forHost(host)).toBe(source.fixed);
  });
});

describe('tenants, through the handler', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());

  test('a tenant’s pages reach its own host only: state changes, redirects and CORS', async () => {
    const browser = await stack.start(
      withCheapPasswords(
        {},
        { trustedOrigins: async ({ host }) => (host === 'one.example.com' ? ['https://app.one.example'] : []) },
      ),
    );
    await signedIn(stack, browser, 'tenant@example.com');
    const Origin = 'https://app.one.example';
    const update = { name: 'Ada' };
    const other = await browser.post('/api/auth/update-user', update, { Origin, Host: 'two.example.com' });
    expect(other).toMatchObject({ status: 403, json: { code: 'INVALID_ORIGIN' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    const own = await browser.post('/api/auth/update-user', update, { Origin, Host: 'one.example.com' });
    expect(own).toMatchObject({ status: 200 });
    expect(own.headers.get('access-control-allow-origin')).toBe(Origin);
    const reset = (Host: string) =>
      browser
        .another()
        .post(
          '/api/auth/request-password-reset',
          { email: 'tenant@example.com', redirectTo: `${Origin}/reset` },
          { Host },
        );
    expect(await reset('two.example.com')).toMatchObject({ status: 403, json: { code: 'INVALID_REDIRECT_URL' } });
    expect(await reset('one.example.com')).toMatchObject({ status: 200 });
  });
});
