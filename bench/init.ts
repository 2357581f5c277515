/** `npm run bench:init`: size and init time of the auth function's bundle beside a naive bundle of the same app, in one run. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleFunction } from '../lib/bundle.ts';
import { functionEnvironment } from '../local/function-environment.ts';
import { node as lambdaNode } from '../test/runtime/paths.ts';
import { proxyEvent } from '../test/support/event.ts';
import { sizeAtInit } from '../test/support/size-at-init.ts';
import { startStack } from '../test/support/stack.ts';
import { naiveBundle } from './init/naive-bundle.ts';
import { interleaved, median, spread } from './measure.ts';
import { judge, table } from './report.ts';

const rounds = 15;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const stack = await startStack();
try {
  const node = existsSync(lambdaNode) ? lambdaNode : process.execPath;
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const note = node === lambdaNode ? '' : ", not Lambda's: 'npm run test:runtime' installs that one";

  bundleFunction('auth', join(folder, 'auth'));
  const bundles = {
    gatehouse: join(folder, 'auth/index.mjs'),
    'naive: better-auth, NodejsFunction defaults': naiveBundle(join(folder, 'naive'), false),
    'naive, with the SDK bundled': naiveBundle(join(folder, 'naive-sdk'), true),
  };
  const environment = {
    ...functionEnvironment('bench', { aws: stack.awsEndpoint, dynamodb: stack.dynamodbEndpoint }),
    ...stack.variables,
  };
  // Answered with 200 only when Better Auth is there, secret and all, and without a read of the table.
  const event = JSON.stringify(proxyEvent({ path: '/api/auth/get-session' }));
  const script = fileURLToPath(new URL('init/time-init.mjs', import.meta.url));
  /** A process of its own each time: an init is a cold start. */
  const init = (bundle: string) => async () => {
    const { stdout } = await promisify(execFile)(node, [script, bundle, event], { env: environment });
    return Number(stdout.trim().split('\n').at(-1));
  };
  const names = Object.keys(bundles) as (keyof typeof bundles)[];
  const contenders = Object.fromEntries(names.map((name) => [name, init(bundles[name])]));
  const times = (await interleaved(rounds, contenders)) as Record<keyof typeof bundles, number[]>;

  const [gatehouse, naive] = names as [keyof typeof bundles, keyof typeof bundles];
  const base = median(times[naive]);
  const rows = names.map((name) => [
    name,
    (sizeAtInit(bundles[name]) / 1_000).toFixed(0),
    spread(times[name]),
    (median(times[name]) / base).toFixed(2),
  ]);
  console.log(`\nNode ${version}${note}; ${rounds} rounds, interleaved`);
  console.log(table(['bundle', 'KB at init', 'init in ms: median (quartiles)', 'of naive'], rows));
  judge([
    {
      name: 'bundle at init',
      measured: sizeAtInit(bundles[gatehouse]) / 1_000,
      must: 'at most',
      limit: 1_000,
      digits: 0,
      unit: ' KB',
    },
    { name: 'init time of naive', measured: median(times[gatehouse]) / base, must: 'at most', limit: 0.6 },
  ]);
} finally {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
}
