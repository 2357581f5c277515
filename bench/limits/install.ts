import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** Installs this folder from its lock file, unless that has happened. */
export function install(): void {
  if (lockedVersion('node_modules/.package-lock.json') === lockedVersion('package-lock.json')) return;
  // What `npm run` of the outer project puts into the environment is not for this one.
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name));
  execFileSync('npm', ['ci', '--ignore-scripts', '--prefer-offline'], {
    cwd: folder,
    env: Object.fromEntries(inherited),
    stdio: 'inherit',
  });
}

function lockedVersion(file: string): string | undefined {
  const path = join(folder, file);
  if (!existsSync(path)) return undefined;
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, { integrity?: string }> };
  return packages['node_modules/rate-limiter-flexible']?.integrity;
}
