import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { root } from '../package.ts';
import { Project } from '../project.ts';
import { run } from '../run.ts';
import { Assembly } from './assembly.ts';

export type PackageManager = 'npm' | 'pnpm';
export type Format = 'esm' | 'cjs';

/** Fetched from the registry at its first use on a machine. */
const pnpm = 'pnpm@10.34.9';

/**
 * The examples as copies, with the tarball in place of the published package and a lock file of their own. One installation serves all:
 * npm's lets an example reach the packages of the others, pnpm's only those that its own package.json names.
 */
export class Workspace {
  private readonly project: Project;
  private readonly tarball: string;
  private readonly manager: PackageManager;
  private path = process.env.PATH ?? '';

  constructor(scratch: string, tarball: string, manager: PackageManager) {
    this.project = new Project(scratch, `examples-${manager}`);
    this.tarball = tarball;
    this.manager = manager;
    const workspaces = ['esm/*', 'cjs/*'];
    const devDependencies = { '@types/node': packageJson.devDependencies['@types/node'] };
    this.project.write(
      'package.json',
      JSON.stringify({ name: 'examples', private: true, workspaces, devDependencies }),
    );
    this.project.write('pnpm-workspace.yaml', JSON.stringify({ packages: workspaces }));
    this.project.write('loaded.cjs', reportLoadedFormat);
  }

  private folderOf(name: string, format: Format): string {
    return join(this.project.folder, format, name);
  }

  add(name: string, format: Format): void {
    const folder = this.folderOf(name, format);
    mkdirSync(folder, { recursive: true });
    const isSource = (path: string) => !['node_modules', 'cdk.out'].includes(basename(path));
    cpSync(join(root, 'examples', name), folder, { recursive: true, filter: isSource });
    const file = join(folder, 'package.json');
    const given = JSON.parse(readFileSync(file, 'utf8'));
    const edited = {
      ...given,
      name: `${name}-${format}`,
      type: format === 'esm' ? 'module' : 'commonjs',
      dependencies: { ...given.dependencies, 'cdk-gatehouse': `file:${this.tarball}` },
    };
    writeFileSync(file, JSON.stringify(edited));
  }

  async install(): Promise<void> {
    const cwd = this.project.folder;
    if (this.manager === 'pnpm') {
      // Where a person has it, and aws-cdk-lib looks for it: on the PATH.
      const script = 'console.log(process.env.PATH)';
      this.path = (
        await run('npx', ['--yes', '--package', pnpm, '--', process.execPath, '--eval', script], { cwd })
      ).trim();
    }
    const flags = this.manager === 'npm' ? ['--no-audit', '--no-fund'] : ['--no-frozen-lockfile'];
    const args = ['install', '--prefer-offline', '--ignore-scripts', ...flags];
    await run(this.manager, args, { cwd, environment: { PATH: this.path } });
  }

  /** Type-checks all examples, and compiles them to what Node runs without a loader. */
  async compile(): Promise<void> {
    const include = ['esm/*/*.ts', 'cjs/*/*.ts'];
    await this.project.compile({ rewriteRelativeImportExtensions: true, noUncheckedIndexedAccess: true }, { include });
  }

  /** What the app of an example makes, with the context of its cdk.json. Throws if it loaded the package in the other format. */
  async synthesize(name: string, format: Format): Promise<Assembly> {
    const cwd = this.folderOf(name, format);
    const outdir = join(cwd, 'cdk.out');
    mkdirSync(outdir);
    const { context = {} } = JSON.parse(readFileSync(join(cwd, 'cdk.json'), 'utf8'));
    // As the CDK CLI does.
    const withAssets = { ...context, 'aws:cdk:enable-asset-metadata': true };
    const environment = { PATH: this.path, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(withAssets) };
    const preload = join(this.project.folder, 'loaded.cjs');
    const output = await run(process.execPath, ['--require', preload, 'app.js'], { cwd, environment });
    const loaded = output.trim().split('\n').at(-1);
    if (loaded !== format) throw new Error(`${name} as ${format} loaded the package as ${loaded}`);
    return new Assembly(outdir, cwd);
  }
}

const reportLoadedFormat = `process.on('exit', () => {
  const required = Object.keys(require.cache).some((file) => /cdk-gatehouse.dist.cjs.index\\.js$/.test(file));
  console.log(required ? 'cjs' : 'esm');
});`;
