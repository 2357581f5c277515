import { describe } from '@jest/globals';
import { emulatorCommand } from '../../local/account/emulator-command.ts';

/**
 * `describe`, or where there is no emulator and no way to get one: a skipped one, which says so loudly. In CI nothing is skipped, and
 * the start of the emulator fails instead.
 */
export function describeWithEmulator(name: string, body: () => void): void {
  try {
    emulatorCommand(process.env);
  } catch (error) {
    if (!process.env.CI) {
      // Not by the console: jest shows nothing of it for a file without a test that ran.
      process.stderr.write(`\n*** NOT TESTED: ${name} ***\n${error instanceof Error ? error.message : error}\n\n`);
      describe.skip(name, body);
      return;
    }
  }
  describe(name, body);
}
