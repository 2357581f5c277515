/** `npm run test:plugins`: the main flows of plugins that do not install beside better-auth 1.7.25 without help. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = import.meta.dirname;
// What `npm run` of the outer project puts into the environment is not for this one.
const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name));
const env = Object.fromEntries(inherited);
execFileSync('npm', ['ci', '--ignore-scripts', '--prefer-offline'], { cwd: folder, env, stdio: 'inherit' });

const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');
const flags = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning'];
const args = [...flags, jest, '--config', join(folder, 'jest.config.js'), ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
