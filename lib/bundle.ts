import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, BuildResult, Metafile } from 'esbuild';

/** The Lambda functions of the stack; each is a folder of `lambda/` with a `handler.ts`. */
export type FunctionName = 'auth' | 'authorizer' | 'mailer' | 'key-publisher';

/** The bare specifier through which the auth handler imports its options; bundling aliases it to the chosen file. */
export const authOptionsSpecifier = 'gatehouse-auth-options';

/** In the repository this file is lib/bundle.ts; in the package it is part of dist/{esm,cjs}/index.js, beside dist/lambda. */
const here = dirname(fileURLToPath(import.meta.url));
const lambdaFolder = resolve(here, '../lambda');
const fromSource = existsSync(join(lambdaFolder, 'auth/handler.ts'));

/** In the package: the auth function without Better Auth and options, to be bundled with the consumer's own. */
const packagedSource = join(lambdaFolder, 'auth-source');

const bundled = new Map<string, string>();

/**
 * A folder with `index.mjs`, ready to be a Lambda asset. From the package it is the prebuilt one, unless `authOptions` names
 * a file with the consumer's own Better Auth options; that, and every function in the repository, is bundled here with esbuild.
 */
export function functionFolder(name: FunctionName, authOptions?: string): string {
  if (!fromSource && !authOptions) return join(lambdaFolder, name);
  return bundledOnce(`${name}\0${authOptions ?? ''}`, (folder) => bundleFunction(name, folder, authOptions));
}

/**
 * A program that holds the options to the rules, see lambda/auth/check-options.ts; undefined for those of the package, which are known
 * to be sound.
 */
export function optionsCheckFile(authOptions?: string): string | undefined {
  if (!fromSource && !authOptions) return undefined;
  const folder = bundledOnce(`options\0${authOptions ?? ''}`, (target) => {
    const entry = fromSource ? join(lambdaFolder, 'auth/check-options.ts') : join(packagedSource, 'check-options.mjs');
    // The Node of the synthesis runs it.
    buildWithOptions({ ...functionBuildOptions, target: 'node20' }, entry, target, authOptions);
  });
  return join(folder, 'index.mjs');
}

function bundledOnce(key: string, bundle: (folder: string) => void): string {
  const known = bundled.get(key);
  if (known) return known;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  bundle(folder);
  bundled.set(key, folder);
  return folder;
}

/** Bundles one function into `folder`: `index.mjs`, and beside it what is imported on demand only. Returns what went into it. */
export function bundleFunction(name: FunctionName, folder: string, authOptions?: string): Metafile {
  const entry = fromSource ? join(lambdaFolder, name, 'handler.ts') : join(packagedSource, 'handler.mjs');
  return buildWithOptions(functionBuildOptions, entry, folder, authOptions);
}

function buildWithOptions(build: BuildOptions, entry: string, folder: string, authOptions?: string): Metafile {
  if (authOptions && !existsSync(authOptions)) {
    throw new Error(
      `authOptions '${authOptions}' does not exist; it must be the path of a file that exports auth options`,
    );
  }
  const optionsFile = authOptions ? resolve(authOptions) : join(lambdaFolder, 'auth/options.ts');
  const buildSync = loadEsbuild(authOptions);
  if (authOptions && !fromSource) requireBetterAuth(optionsFile);
  const result = buildSync({
    ...build,
    entryPoints: { index: entry },
    outdir: folder,
    alias: { [authOptionsSpecifier]: optionsFile, '@better-auth/telemetry': noTelemetry },
    ...(authOptions && { nodePaths: nodeModulesAbove(dirname(optionsFile)) }),
  });
  refuseTwoCores(result.metafile!);
  return result.metafile!;
}

/** What Better Auth reports about an application stays out of the bundle; its options switch that off as well. */
const noTelemetry =
  'data:text/javascript,export const createTelemetry = async () => ({ publish: async () => {} });export const getTelemetryAuthConfig = async () => ({});';

/**
 * The one way functions are bundled: an ES module with the AWS SDK inside, split so that init loads none of the SDK's credential
 * providers that Lambda never uses. `mainFields` and the banner are needed because some of the SDK's dependencies are CommonJS
 * and call `require` for Node's own modules.
 */
export const functionBuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  metafile: true,
  splitting: true,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  mainFields: ['module', 'main'],
  external: ['@opentelemetry/api'],
  legalComments: 'none',
  logLevel: 'silent',
  banner: {
    js: "import { createRequire as gatehouseRequire } from 'node:module'; const require = gatehouseRequire(import.meta.url);",
  },
} as const satisfies BuildOptions;

function loadEsbuild(authOptions?: string): (options: BuildOptions) => BuildResult {
  // The consumer's esbuild, whose version is theirs to choose; else the one beside this package.
  for (const from of [...(authOptions ? [resolve(authOptions)] : []), join(here, 'bundle.js')]) {
    try {
      return (createRequire(from)('esbuild') as typeof import('esbuild')).buildSync;
    } catch {}
  }
  throw new Error(
    "bundling the auth function needs esbuild, which is not installed; run 'npm install --save-dev esbuild'",
  );
}

/** The packaged handler leaves Better Auth to the consumer, because handler and options have to share one copy of it. */
function requireBetterAuth(optionsFile: string): void {
  if (nodeModulesAbove(dirname(optionsFile)).some((folder) => existsSync(join(folder, 'better-auth')))) return;
  throw new Error(
    "bundling authOptions needs better-auth, which is not installed; run 'npm install --save-exact better-auth@1.7.25'",
  );
}

function nodeModulesAbove(folder: string): string[] {
  const parent = dirname(folder);
  return [join(folder, 'node_modules'), ...(parent === folder ? [] : nodeModulesAbove(parent))];
}

/** Better Auth keeps per-request state in its core package: with two copies in a bundle, half of the code misses it. */
function refuseTwoCores(metafile: Metafile): void {
  const cores = new Set(
    Object.keys(metafile.inputs)
      .map((path) => /^(.*node_modules\/@better-auth\/core)\//.exec(path)?.[1])
      .filter((path) => path !== undefined),
  );
  if (cores.size > 1) {
    throw new Error(
      `the bundle has ${cores.size} copies of @better-auth/core (${[...cores].join(', ')}); exactly one is allowed`,
    );
  }
}
