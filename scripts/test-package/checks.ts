let passed = 0;
let failed = 0;

/** Runs one check, says how it ended, and goes on. @returns whether it passed. */
export async function check(name: string, body: () => void | Promise<void>): Promise<boolean> {
  const started = performance.now();
  try {
    await body();
    passed++;
    console.log(`ok    ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}\n${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** @returns whether all passed. */
export function summary(): boolean {
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}
