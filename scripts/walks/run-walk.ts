import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../../local/account/emulator.ts';
import { root } from '../test-package/package.ts';
import { strangersEnvironment } from '../test-package/run.ts';
import { copyRepository } from './copy-repository.ts';
import { scriptOf } from './script.ts';
import type { Walk } from './walk.ts';

export interface WalkResult {
  readonly name: string;
  /** Whether every command went well. */
  readonly passed: boolean;
  readonly seconds: number;
  /** All that the commands wrote. */
  readonly output: string;
}

/** npm's settings and cache are the person's, also where the emulated account has a home of its own. */
const npmEnvironment = {
  npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), '.npmrc'),
  npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
};

/** Follows a walk in a folder of its own below `scratch`. */
export async function runWalk(scratch: string, walk: Walk): Promise<WalkResult> {
  const started = performance.now();
  const folder = join(scratch, walk.name.replaceAll(' ', '-'));
  mkdirSync(folder);
  const script = scriptOf(root, walk);
  if (walk.from === 'repository') copyRepository(root, folder);
  const emulator = walk.account ? await startEmulator() : undefined;
  try {
    const file = join(scratch, `${walk.name.replaceAll(' ', '-')}.sh`);
    writeFileSync(file, script);
    const env = { ...strangersEnvironment(), ...emulator?.environment, ...npmEnvironment };
    const child = spawn('bash', ['-euo', 'pipefail', file], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    await once(child, 'close');
    const seconds = (performance.now() - started) / 1000;
    return { name: walk.name, passed: child.exitCode === 0, seconds, output };
  } finally {
    await emulator?.stop();
  }
}
