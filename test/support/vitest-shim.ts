import { afterAll, beforeAll, expect, test as jestTest } from '@jest/globals';

/**
 * What Better Auth's adapter suites use of vitest, on jest. Their `describe` callback is asynchronous, which jest does not
 * allow: it runs at the top level instead, and the test file awaits `defined()`.
 */
interface TestContext {
  skip(reason: string): void;
  onTestFailed(callback: () => Promise<void>): void;
}
type TestFunction = (context: TestContext) => Promise<void> | void;

const pending: Promise<unknown>[] = [];

export function describe(_name: string, define: () => Promise<void> | void): void {
  pending.push(Promise.resolve(define()));
}

export async function defined(): Promise<void> {
  await Promise.all(pending);
}

function run(name: string, body: TestFunction, timeout?: number): void {
  jestTest(
    name,
    async () => {
      const onFailure: (() => Promise<void>)[] = [];
      const skip = (reason: string) => {
        throw new Error(`a suite skipped a test by itself: ${reason}`);
      };
      try {
        await body({ skip, onTestFailed: (callback) => onFailure.push(callback) });
      } catch (error) {
        for (const callback of onFailure) await callback();
        throw error;
      }
    },
    timeout,
  );
}

type Options = { timeout?: number };

export function test(name: string, optionsOrBody: Options | TestFunction, body?: TestFunction): void {
  if (typeof optionsOrBody === 'function') run(name, optionsOrBody);
  else if (body) run(name, body, optionsOrBody.timeout);
}

/** A case that is switched off is no test at all: the list of those is in the test file, with reasons. */
test.skipIf = (skipped: boolean) => (skipped ? () => {} : test);

expect.extend({
  toBeTypeOf: (received: unknown, type: string) => ({
    pass: typeof received === type,
    message: () => `expected a ${type}, got a ${typeof received}`,
  }),
  toSatisfy: (received: unknown, predicate: (value: unknown) => boolean) => ({
    pass: predicate(received),
    message: () => `expected ${JSON.stringify(received)} to satisfy ${predicate}`,
  }),
});

export { afterAll, beforeAll, expect };
