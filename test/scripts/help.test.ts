import { expect, test } from '@jest/globals';
import { runAdmin } from '../../scripts/admin/run-admin.ts';
import { runDoctor } from '../../scripts/doctor/run-doctor.ts';
import { runInit } from '../../scripts/init/run-init.ts';
import { runKeys } from '../../scripts/keys/run-keys.ts';
import { runNetworks } from '../../scripts/networks/run-networks.ts';
import { runReport } from '../../scripts/report/run-report.ts';
import { runSecrets } from '../../scripts/secrets/run-secrets.ts';

const time = new Date('2026-11-01T12:00:00Z');

interface Printed {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

// A folder that is not there: help reads no configuration.
const place = { root: '/nowhere', ask: async () => undefined };

const commands: Record<string, (argv: readonly string[], printed: Printed) => Promise<number>> = {
  admin: (argv, printed) => runAdmin(argv, { ...place, ...printed, now: () => time }),
  doctor: (argv, printed) => runDoctor(argv, { ...place, ...printed }),
  init: (argv, printed) => runInit(argv, { ...place, ...printed, now: time }),
  keys: (argv, printed) => runKeys(argv, { ...place, ...printed, now: time }),
  networks: (argv, printed) => runNetworks(argv, { ...printed, now: time }),
  report: (argv, printed) => runReport(argv, { ...printed, now: () => time }),
  secrets: (argv, printed) => runSecrets(argv, { ...printed, now: time }),
};

test.each(Object.keys(commands))(
  'npm run %s prints its usage to who asks for it, and does nothing else',
  async (name) => {
    for (const argv of [['--help'], ['-h'], ['help']]) {
      const printed: string[] = [];
      const errors: string[] = [];
      const run = commands[name]!;
      const code = await run(argv, { print: (text) => printed.push(text), printError: (text) => errors.push(text) });
      expect({ code, errors }).toEqual({ code: 0, errors: [] });
      expect(printed).toEqual([expect.stringMatching(new RegExp(`^npm run ${name} -- `))]);
    }
  },
);

test.each(Object.keys(commands))('a wrong call of npm run %s is still one', async (name) => {
  const errors: string[] = [];
  const code = await commands[name]!(['--no-such-flag'], { print: () => {}, printError: (text) => errors.push(text) });
  expect(code).toBe(2);
  expect(errors.join()).toContain('no-such-flag');
});
