import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativeClient, nodeFolder, runtimeFolder, stamp } from './paths.ts';

/** Closed: whatever an install script tried to download would fail. */
const nowhere = 'http://127.0.0.1:9';

/**
 * Installs this folder from its lock file and builds the runtime client: its install script is the only one that runs, on
 * sources that its package brings, against the headers of the Node package, without a network.
 */
export function install(): void {
  const wanted = createHash('sha256')
    .update(readFileSync(join(runtimeFolder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(nativeClient) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log("building AWS's runtime interface client; this takes a minute or two, once");
  npm(['ci', '--ignore-scripts', '--prefer-offline']);
  npm(['rebuild', 'aws-lambda-ric', '--ignore-scripts=false', '--foreground-scripts'], {
    npm_config_nodedir: nodeFolder,
    http_proxy: nowhere,
    https_proxy: nowhere,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
  });
  writeFileSync(stamp, wanted);
}

/** Quiet, unless it fails. What `npm run` says of the outer project is not for this one. */
function npm(args: string[], variables: Record<string, string> = {}): void {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package_|lifecycle_|config_(local_prefix|allow_scripts|engine_strict|loglevel)$)/i.test(name),
  );
  const env = { ...Object.fromEntries(inherited), ...variables };
  try {
    execFileSync('npm', args, {
      cwd: runtimeFolder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 ** 2,
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    throw new Error(`'npm ${args.join(' ')}' failed in ${runtimeFolder}:\n${stdout}\n${stderr}`);
  }
}
