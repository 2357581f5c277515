import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folder, install } from './install.ts';
import type { Reflection } from './reflection.ts';

/** What TypeDoc reads from the entry points of the package. */
export function readProject(): Reflection {
  install();
  const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-api-'));
  try {
    const file = join(scratch, 'project.json');
    const typedoc = join(folder, 'node_modules/typedoc/bin/typedoc');
    execFileSync(process.execPath, [typedoc, '--logLevel', 'Warn', '--json', file], { cwd: folder, stdio: 'inherit' });
    return JSON.parse(readFileSync(file, 'utf8')) as Reflection;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
