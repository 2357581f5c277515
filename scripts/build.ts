/** `npm run build`: dist/ as it is published — ES modules, CommonJS, declarations, and the Lambda functions ready to deploy. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { authOptionsSpecifier, bundleFunction, functionBuildOptions } from '../lib/bundle.ts';
import { bundledPackages } from './release/bundled-packages.ts';
import { type Lock, sbomOf } from './release/sbom.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  license: string;
  peerDependencies: Record<string, string>;
};

/** What went into each bundle, for the bill of materials. */
const metafiles: Metafile[] = [];
async function bundle(options: BuildOptions): Promise<void> {
  metafiles.push((await build({ ...options, metafile: true })).metafile);
}

/** Public entry points; the names are those of `exports` in package.json. */
const entryPoints = {
  index: 'lib/index.ts',
  identity: 'lambda/identity/index.ts',
  limits: 'lambda/limits/index.ts',
  'auth-options': 'lambda/auth/auth-options.ts',
};

/** Those that know neither Node nor AWS, for browsers and edge runtimes too. */
const webEntryPoints = { verify: 'verify/index.ts', client: 'client/index.ts' };

rmSync(dist, { recursive: true, force: true });
process.chdir(root);

/** Everything but the peers is inside, so that an installation brings no further packages. */
const shared = {
  entryPoints,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: Object.keys(packageJson.peerDependencies),
  logLevel: 'warning',
} satisfies BuildOptions;

await bundle({ ...shared, format: 'esm', outdir: join(dist, 'esm') });
await bundle({
  ...shared,
  format: 'cjs',
  outdir: join(dist, 'cjs'),
  define: { 'import.meta.url': 'gatehouseModuleUrl' },
  banner: { js: "const gatehouseModuleUrl = require('node:url').pathToFileURL(__filename).href;" },
});
for (const format of ['esm', 'cjs'] as const) {
  await bundle({
    entryPoints: webEntryPoints,
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    format,
    outdir: join(dist, format),
    logLevel: 'warning',
  });
}

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
execFileSync(process.execPath, [tsc, '--project', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const name of readdirSync(join(dist, 'types'), { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue;
  const file = join(dist, 'types', name);
  const declarations = readFileSync(file, 'utf8');
  writeFileSync(file, declarations.replace(/((?:from|import\()\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
}
// Once for each module system: TypeScript reads a declaration as what the nearest package.json says it is.
for (const [format, type] of [
  ['esm', 'module'],
  ['cjs', 'commonjs'],
] as const) {
  cpSync(join(dist, 'types'), join(dist, format, 'types'), { recursive: true });
  writeFileSync(join(dist, format, 'package.json'), `${JSON.stringify({ type })}\n`);
}
rmSync(join(dist, 'types'), { recursive: true });

for (const name of ['auth', 'authorizer', 'mailer', 'key-publisher'] as const) {
  metafiles.push(bundleFunction(name, join(dist, 'lambda', name)));
}
// For consumers with options of their own: all but Better Auth inside, so that handler and options share their copy of it. Split too,
// so that what loads on demand only, such as the dictionaries for passwords, does so in their bundle as well.
await bundle({
  ...functionBuildOptions,
  minify: false,
  entryPoints: ['lambda/auth/handler.ts', 'lambda/auth/check-options.ts'],
  outdir: join(dist, 'lambda/auth-source'),
  external: [...functionBuildOptions.external, 'better-auth', '@better-auth/core', authOptionsSpecifier],
});

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
const sbom = sbomOf(packageJson, lock, bundledPackages(metafiles));
writeFileSync(join(dist, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
