import { describe } from '@jest/globals';
import { emulatorCommand } from '../../local/account/emulator-command.ts';

/**
 * `describe`, or where there is no emulator on this machine and no way to get one: a skipped one, which says so loudly. In CI nothing
 * is skipped: there it throws.
 */
export function describeWithEmulator(name: string, body: () => void): void {
  const missing = missingEmulator();
  if (missing === undefined) {
    describe(name, body);
    return;
  }
  if (process.env.CI) throw new Error(missing);
  // Not by the console: jest shows nothing of it for a file without a test that ran.
  process.stderr.write(`\n*** NOT TESTED: ${name} ***\n${missing}\n\n`);
  describe.skip(name, body);
}

/** @returns what to do about it; undefined where there is one. */
function missingEmulator(): string | undefined {
  try {
    if (emulatorCommand(process.env).onThisMachine) return undefined;
    return 'in Docker the calls of the functions cannot be recorded: use Python, see docs/testing.md';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
