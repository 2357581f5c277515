import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const simulator = 'node_modules/amplify-dynamodb-simulator';

/** The folder of the jar. */
export const emulator = join(folder, simulator, 'emulator');

/** Installs this folder from its lock file, unless that has happened. */
export function install(): void {
  if (locked('node_modules/.package-lock.json') === locked('package-lock.json')) return;
  // What `npm run` of the outer project puts into the environment is not for this one.
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name));
  execFileSync('npm', ['ci', '--ignore-scripts'], {
    cwd: folder,
    env: Object.fromEntries(inherited),
    stdio: 'inherit',
  });
}

/** The hash of the simulator by a lock file; npm leaves one of what it installed in `node_modules`. */
function locked(name: string): string | undefined {
  const file = join(folder, name);
  if (!existsSync(file)) return undefined;
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, { integrity?: string }> };
  return packages[simulator]?.integrity;
}
