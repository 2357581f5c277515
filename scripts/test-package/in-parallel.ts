/** Runs tasks in their order, so many at a time; waits for all, then throws the first error. */
export async function inParallel(width: number, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...tasks];
  const results = await Promise.allSettled(
    Array.from({ length: width }, async () => {
      for (let task = waiting.shift(); task; task = waiting.shift()) await task();
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
