/** `npm run bench:synth`: the time to synthesize the full stack beside that of an app with one NodejsFunction, in one run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleaved, median, spread } from './measure.ts';
import { judge, table } from './report.ts';

const rounds = 5;
const root = fileURLToPath(new URL('..', import.meta.url));
const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
const tsx = join(dirname(createRequire(import.meta.url).resolve('tsx/package.json')), 'dist/cli.mjs');

/** @returns seconds; the app runs as the CDK CLI runs it, with the settings of cdk.json. */
const synth = (file: string) => () => {
  const outdir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const start = performance.now();
  try {
    execFileSync(process.execPath, [tsx, file], {
      cwd: root,
      env: {
        ...process.env,
        CDK_OUTDIR: outdir,
        CDK_CONTEXT_JSON: JSON.stringify(context),
        CDK_DEFAULT_REGION: 'eu-west-1',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return (performance.now() - start) / 1_000;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

const apps = {
  'an app with one NodejsFunction': synth('bench/synth/one-function.ts'),
  'the full stack, one stage': synth('bench/synth/one-stage.ts'),
};
const names = Object.keys(apps) as (keyof typeof apps)[];
const times = await interleaved(rounds, apps);
const base = median(times[names[0]!]);

console.log(`\nNode ${process.version}; ${rounds} rounds, interleaved`);
const rows = names.map((name) => [name, spread(times[name], 2), (median(times[name]) / base).toFixed(2)]);
console.log(table(['app', 'seconds: median (quartiles)', 'of one function'], rows));
const measured = median(times['the full stack, one stage']) / base;
judge([{ name: 'synth of the full stack, of that of one function,', measured, must: 'at most', limit: 2 }]);
