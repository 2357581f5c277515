import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const leftOut = ['node_modules', 'dist', 'cdk.out', '.git', '.gatehouse'];

export interface Packed {
  readonly file: string;
  readonly sha256: string;
  readonly size: number;
  readonly paths: readonly string[];
}

/** Copies the repository into `folder`, builds it there under `variables`, and packs it. */
export function buildIn(folder: string, variables: Readonly<Record<string, string>>): Packed {
  mkdirSync(folder, { recursive: true });
  cpSync(root, folder, { recursive: true, filter: (source) => !leftOut.includes(basename(source)) });
  // Not a link: bundles name the folders of packages as they were found.
  cpSync(join(root, 'node_modules'), join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  const run = (command: string, args: string[]) =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...variables } });
  run('npm', ['run', 'build']);
  const [packed] = JSON.parse(run('npm', ['pack', '--json'])) as [
    { filename: string; size: number; files: { path: string }[] },
  ];
  const file = join(folder, packed.filename);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  return { file, sha256, size: packed.size, paths: packed.files.map(({ path }) => path) };
}
