import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const folders = new Set<string>();
process.once('exit', () => folders.forEach(removeScratchFolder));

/** A new folder for files of this run; removed when the process exits, if not before. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-local-'));
  folders.add(folder);
  return folder;
}

export function removeScratchFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/**
 * Compiles a file of this folder that runs as a child process. Children run as plain Node: a TypeScript loader would cost
 * start time, and would also load the bundled function, which Lambda does without one.
 */
export function compileChild(name: 'tether' | 'function-host' | 'account/record-calls', folder: string): string {
  const outfile = join(folder, `${name}.mjs`);
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
