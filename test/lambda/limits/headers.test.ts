import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Stack, startStack } from '../../support/stack.ts';
import { parseStructuredList } from './structured-list.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** A clock at a time of day, and a browser whose container goes by it. */
async function at(time: string) {
  let now = Date.parse(`2026-03-01T${time}Z`);
  const limits = { paths: { '/ok': { window: 60, max: 2 } } } as const;
  const browser = await stack.start({ now: () => new Date(now), options: { limits } });
  return { browser, wait: (milliseconds: number) => (now += milliseconds) };
}

const only = (field: string | null) => {
  const items = parseStructuredList(field!);
  expect(items).toHaveLength(1);
  return items[0]!;
};

test('the fields are right to the second, on success and on 429', async () => {
  const { browser, wait } = await at('10:00:12.300');
  const seen = [];
  for (const pause of [0, 700, 1, 46_998, 1]) {
    wait(pause);
    const { status, headers } = await browser.get('/api/auth/ok');
    expect(only(headers.get('ratelimit-policy'))).toEqual({ value: 'source', parameters: { q: 2, w: 60 } });
    const { value, parameters } = only(headers.get('ratelimit'));
    expect(value).toBe('source');
    expect(headers.get('x-retry-after')).toBe(headers.get('retry-after'));
    seen.push([status, parameters.r, parameters.t, headers.get('retry-after')]);
  }
  expect(seen).toEqual([
    [200, 1, 48, null],
    [200, 0, 47, null],
    [429, 0, 47, '47'],
    // A millisecond before the window ends, and at its end.
    [429, 0, 1, '1'],
    [200, 1, 60, null],
  ]);
});

test('whoever waits as long as the answer says is admitted', async () => {
  const { browser, wait } = await at('10:00:00.001');
  await browser.get('/api/auth/ok');
  await browser.get('/api/auth/ok');
  const refused = await browser.get('/api/auth/ok');
  wait(Number(refused.headers.get('retry-after')) * 1000);
  expect((await browser.get('/api/auth/ok')).status).toBe(200);
});

test('what is not limited has no such fields', async () => {
  const { browser } = await at('10:00:00');
  const { headers } = await browser.get('/api/auth/get-session');
  expect([headers.get('ratelimit'), headers.get('ratelimit-policy'), headers.get('retry-after')]).toEqual([
    null,
    null,
    null,
  ]);
});

describe('the parser of these tests', () => {
  test.each(['"a";q=1;w=2', '"a";q=1, "b-c";q=2', '"a\\"b"; q=-1'])('takes %s', (field) => {
    expect(parseStructuredList(field).length).toBeGreaterThan(0);
  });

  test.each(['a;q=1', '"a";q=1.5', '"a";q', '"a" "b"', '"a",', '"ü";q=1', '"a";Q=1', '"a;q=1', ''])(
    'refuses %s',
    (field) => {
      expect(() => parseStructuredList(field)).toThrow();
    },
  );
});
