/** `npm run test:runtime`: the bundled functions in the runtime that Lambda runs, built here from its own lock file. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { install } from './install.ts';
import { missingTools } from './missing-tools.ts';
import { runtimeFolder } from './paths.ts';

const platform = `${process.platform}-${process.arch}`;
const missing = missingTools(process.env.PATH);
const obstacle =
  platform !== 'linux-x64'
    ? `it runs on linux-x64 only, and this is ${platform}`
    : missing.length > 0
      ? `it builds AWS's runtime interface client, which needs more: apt-get install -y ${missing.join(' ')}`
      : undefined;

if (obstacle) {
  const failed = Boolean(process.env.CI);
  const line = '='.repeat(100);
  console.error(`${line}\n${failed ? 'FAILED' : 'SKIPPED, nothing was tested'}: test:runtime: ${obstacle}\n${line}`);
  process.exit(failed ? 1 : 0);
}

install();
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');
const config = join(runtimeFolder, 'jest.config.js');
const flags = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning'];
// One file at a time: each measures a process of its own.
const args = [...flags, jest, '--config', config, '--runInBand', ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
