import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const require = createRequire(resolve('package.json'));
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');

const modules = {
  verify: 'verify/index.ts',
  client: 'client/index.ts',
  limits: 'lambda/limits/index.ts',
  'auth-options': 'lambda/auth/auth-options.ts',
};

/**
 * Type-checks modules by themselves, as a consumer would, with the package's names for this repository's sources.
 * @param declarations of packages that this repository does not have.
 * @param options.packages whether its own dependencies can be imported
 * @returns the errors of each, without those of other files
 */
export async function compileErrors(
  sources: Readonly<Record<string, string>>,
  declarations = '',
  { packages = false } = {},
): Promise<Record<string, string[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-compile-'));
  try {
    for (const [name, source] of Object.entries(sources))
      writeFileSync(join(folder, `${name}.mts`), `${source}\nexport {};\n`);
    writeFileSync(join(folder, 'packages.d.ts'), declarations);
    if (packages) symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const paths = Object.fromEntries([
      ['cdk-gatehouse', [resolve('lib/index.ts')]],
      ...Object.entries(modules).map(([name, file]) => [`cdk-gatehouse/${name}`, [resolve(file)]]),
    ]);
    const compilerOptions = {
      noUnusedLocals: false,
      noUnusedParameters: false,
      typeRoots: [resolve('node_modules/@types')],
      paths,
    };
    const files = [...Object.keys(sources).map((name) => `${name}.mts`), 'packages.d.ts'];
    const config = { extends: resolve('tsconfig.json'), compilerOptions, files, include: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const output = await run([tsc, '--project', folder, '--pretty', 'false']);
    const found: Record<string, string[]> = Object.fromEntries(Object.keys(sources).map((name) => [name, []]));
    for (const line of output.split('\n')) {
      const [, name, error] = /([\w-]+)\.mts\(\d+,\d+\): (error .*)/.exec(line) ?? [];
      if (name && found[name]) found[name].push(error!);
      else if (/error TS/.test(line)) throw new Error(line);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What it prints; the compiler ends with another code than 0 when there are errors. */
const run = (args: string[]) =>
  new Promise<string>((done, fail) => {
    execFile(process.execPath, args, { encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error && !stdout) fail(new Error(stderr, { cause: error }));
      else done(stdout);
    });
  });
