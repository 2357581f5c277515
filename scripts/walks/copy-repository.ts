import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Copies what a clone of this repository would have, with changes that are not committed yet. Links are not followed and not copied: a
 * walk installs packages, and through a linked `node_modules` it would do so in somebody's real one.
 */
export function copyRepository(root: string, target: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const path of listed.split('\0')) {
    // Deleted files are listed until that is committed.
    if (path && lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile()) {
      cpSync(join(root, path), join(target, path));
    }
  }
}
