import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What builds the runtime client, and the Debian package that brings it. */
const packages = {
  cmake: 'cmake',
  'g++': 'g++',
  make: 'make',
  python3: 'python3',
  tar: 'tar',
  xz: 'xz-utils',
} as const;

/** The Debian packages whose commands are not on the `path`. */
export function missingTools(path = ''): string[] {
  const folders = path.split(delimiter).filter(Boolean);
  return Object.entries(packages)
    .filter(([command]) => !folders.some((folder) => isExecutable(join(folder, command))))
    .map(([, name]) => name);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
