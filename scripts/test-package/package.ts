import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Package {
  /** The tarball. */
  readonly tarball: string;
  /** Names of the files in it. */
  readonly files: readonly string[];
}

/** A folder that is gone when this process ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-package-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Builds and packs this repository, as it would be published. */
export async function pack(folder: string): Promise<Package> {
  await run('npm', ['run', 'build'], { cwd: root });
  const [packed] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root })) as [
    { filename: string; files: { path: string }[] },
  ];
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}
