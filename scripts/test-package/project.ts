import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { root } from './package.ts';
import { run } from './run.ts';

type Dependency = keyof typeof packageJson.devDependencies;

/** A stranger's project, in a folder of its own, with the tarball installed by npm. */
export class Project {
  readonly folder: string;

  constructor(scratch: string, name: string) {
    this.folder = join(scratch, name);
    mkdirSync(this.folder, { recursive: true });
    this.write('package.json', JSON.stringify({ private: true, name, version: '1.0.0' }));
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  /** Installs packages, in the versions that this repository is tested with, and files. */
  async install(packages: { readonly file?: string; readonly names?: readonly Dependency[] }): Promise<void> {
    const specifiers = (packages.names ?? []).map((name) => `${name}@${packageJson.devDependencies[name]}`);
    const files = packages.file ? [packages.file] : [];
    const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    await run('npm', ['install', ...flags, ...files, ...specifiers], { cwd: this.folder });
  }

  node(...args: string[]): Promise<string> {
    return run(process.execPath, args, { cwd: this.folder });
  }

  /** Type-checks with this repository's compiler. Every file is what the nearest package.json and its own name say: ES module or CommonJS. */
  async compile(options: object, config: object): Promise<void> {
    const compilerOptions = {
      module: 'NodeNext',
      target: 'ES2023',
      strict: true,
      skipLibCheck: true,
      types: ['node'],
      ...options,
    };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, ...config }));
    await this.node(join(root, 'node_modules/typescript/bin/tsc'), '--project', this.folder);
  }
}
