import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const folder = import.meta.dirname;

/** Installs this folder from its lock file, unless that has happened. */
export function install(): void {
  const stamp = join(folder, 'node_modules/.installed');
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  // What `npm run` of the outer project puts into the environment is not for this one.
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name));
  execFileSync('npm', ['ci', '--ignore-scripts', '--prefer-offline'], {
    cwd: folder,
    env: Object.fromEntries(inherited),
    stdio: 'inherit',
  });
  writeFileSync(stamp, wanted);
}
