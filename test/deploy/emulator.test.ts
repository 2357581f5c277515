import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { startEmulator } from '../../local/account/emulator.ts';
import { emulatorVersion } from '../../local/account/emulator-command.ts';

let folder: string;
const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-emulator-'));
  warn.mockClear();
});
afterEach(() => rmSync(folder, { recursive: true }));

function install(command: string, script: string): void {
  const file = join(folder, command);
  writeFileSync(file, `#!${process.execPath}\n${script}\n`);
  chmodSync(file, 0o755);
}

/** An emulator that can do nothing but say its version. */
const serving = (version: string) =>
  `require('node:http').createServer((_, response) => response.end(JSON.stringify({ version: '${version}' })))
    .listen(Number(process.env.GATEWAY_PORT), '127.0.0.1');`;

const started = () => startEmulator({ environment: { PATH: folder } });

test.each([
  [emulatorVersion, 0],
  ['0.0.1', 1],
])('MiniStack %s on the PATH: %d warnings that it is another than the tests ran with', async (version, warnings) => {
  install('ministack', serving(version));
  const emulator = await started();
  await emulator.stop();
  expect(warn).toHaveBeenCalledTimes(warnings);
  if (warnings > 0) expect(warn).toHaveBeenCalledWith(expect.stringMatching(`${version} .* ${emulatorVersion}`));
});

test('in Docker, the container is removed by its name in the end', async () => {
  const removed = join(folder, 'removed');
  install(
    'docker',
    `const [command, ...args] = process.argv.slice(2);
    if (command === 'rm') require('node:fs').writeFileSync(${JSON.stringify(removed)}, args.join(' '));
    if (command === 'run') {
      process.env.GATEWAY_PORT = /GATEWAY_PORT=(\\d+)/.exec(args.join(' '))[1];
      ${serving(emulatorVersion)}
    }`,
  );
  const emulator = await started();
  expect(existsSync(removed)).toBe(false);
  await emulator.stop();
  expect(existsSync(removed)).toBe(true);
});
