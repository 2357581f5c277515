import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { proxyEvent } from '../support/event.ts';
import { signedIn, toAnswer } from '../support/stack.ts';
import type { Container, Memory } from './container.ts';
import { garbage } from './garbage.ts';
import { type RuntimeStack, startRuntimeStack } from './runtime-stack.ts';

const seed = 20_261_123;
/** Until V8 has compiled what it is going to compile. */
const warmUp = 6_000;
const total = 14_000;

// Thousands of events: how long they take says nothing here, and other work may stretch it.
jest.setTimeout(1_800_000);

/** What 8,000 events may leave in the heap, after a collection, in bytes: a quarter of a kilobyte each. */
const heapBound = 2 * 1024 ** 2;
/** The pages of the process, in bytes: half of the memory that the function has. V8 keeps many that are not in use. */
const residentBound = (1769 / 2) * 1024 ** 2;

let stack: RuntimeStack;
beforeAll(async () => {
  stack = await startRuntimeStack();
});
afterAll(() => stack.stop());

interface Refusals {
  readonly byStatus: Map<number, number>;
  /** Answers that are no refusal in the edge's shape. */
  readonly others: string[];
}

async function send(container: Container, count: number, from: number): Promise<Refusals> {
  const refusals: Refusals = { byStatus: new Map(), others: [] };
  for (const { kind, event } of garbage(count, from)) {
    const { status, json } = toAnswer(await container.invoke(event));
    refusals.byStatus.set(status, (refusals.byStatus.get(status) ?? 0) + 1);
    if (status >= 400 && status < 500 && typeof json?.code === 'string') continue;
    refusals.others.push(`${kind}: ${status} ${JSON.stringify(json)} for ${JSON.stringify(event).slice(0, 600)}`);
  }
  return refusals;
}

/** Bytes that `events` left in the heap. */
function growth(before: Memory, after: Memory, events: number): number {
  const heap = after.heapUsed + after.external - before.heapUsed - before.external;
  console.log(
    `${events} events: heap in use ${megabytes(before.heapUsed)}, grown by ${megabytes(heap)} (bound ${megabytes(heapBound)}); ` +
      `resident set ${megabytes(after.rss)} (bound ${megabytes(residentBound)})`,
  );
  return heap;
}
const megabytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(2)} MB`;

const complaints = ({ lines }: Container) => lines.filter((line) => /unhandled|uncaught|"Runtime\./i.test(line));

test('14,000 events of garbage: each is refused, none ends the process, and memory stays bounded', async () => {
  const container = await stack.container('auth', { probe: true });
  const first = await send(container, warmUp, seed);
  const before = await container.memory();
  const second = await send(container, total - warmUp, seed + warmUp);
  const after = await container.memory();
  const grown = growth(before, after, total - warmUp);
  console.log(`answers by status: ${JSON.stringify(Object.fromEntries([...second.byStatus].sort()))}`);
  expect([...first.others, ...second.others].slice(0, 5)).toEqual([]);
  expect(complaints(container)).toEqual([]);
  expect(grown).toBeLessThan(heapBound);
  expect(after.rss).toBeLessThan(residentBound);
  // The process that answered them all serves on.
  expect(toAnswer(await container.invoke(proxyEvent({ path: '/health' }))).status).toBe(200);
});

test('a burst of 2,000 requests, asked for at the same time: each is answered, and memory stays bounded', async () => {
  const container = await stack.container('auth', { probe: true });
  const browser = stack.browser(container);
  await signedIn(stack, browser, 'burst@example.com');
  const paths = ['/api/auth/get-session', '/.well-known/jwks.json', '/api/auth/get-session', '/health'];
  const burst = async (count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, (_, n) => browser.get(paths[n % paths.length]!)));
    expect(answers.filter(({ status, json }) => status !== 200 || json === null)).toEqual([]);
  };
  await burst(1_000);
  const before = await container.memory();
  await burst(2_000);
  const after = await container.memory();
  const grown = growth(before, after, 2_000);
  expect(complaints(container)).toEqual([]);
  expect(grown).toBeLessThan(heapBound);
  expect(after.rss).toBeLessThan(residentBound);
});

test('a handler that keeps two kilobytes of each event is found out by the same measure', async () => {
  const folder = stack.written(
    `import { handler as inner } from ${JSON.stringify(join(stack.bundled('auth'), 'index.mjs'))};
    const kept = [];
    export const handler = (event, context) => {
      kept.push(Buffer.alloc(2048, 'x').toString('latin1'));
      return inner(event, context);
    };`,
  );
  const container = await stack.container('auth', { folder, probe: true });
  await send(container, 500, seed);
  const before = await container.memory();
  await send(container, 2_000, seed + 500);
  expect(growth(before, await container.memory(), 2_000)).toBeGreaterThan(heapBound);
});

test('a process that ends while its memory is asked for is an error, not a wait', async () => {
  const container = await stack.container('auth', { probe: true });
  container.freeze();
  const asked = expect(container.memory()).rejects.toMatchObject({ code: 'EXITED' });
  await container.stop();
  await asked;
  await expect(container.memory()).rejects.toMatchObject({ code: 'EXITED' });
});
