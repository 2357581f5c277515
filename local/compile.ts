import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

let folder: string | undefined;

/** A folder for this run, removed when the process exits. */
export function scratchFolder(): string {
  if (folder) return folder;
  const created = mkdtempSync(join(tmpdir(), 'gatehouse-local-'));
  process.once('exit', () => rmSync(created, { recursive: true, force: true }));
  folder = created;
  return created;
}

/**
 * Compiles a file of this folder that runs as a child process. Children run as plain Node: a TypeScript loader would cost
 * start time, and would also load the bundled function, which Lambda does without one.
 */
export function compileChild(name: 'tether' | 'function-host'): string {
  const outfile = join(scratchFolder(), `${name}.mjs`);
  buildSync({
    entryPoints: [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'silent',
  });
  return outfile;
}
