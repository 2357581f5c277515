/** `npm run bench`: every `bench:…` script of package.json, one after another, and which of them kept their budgets. */
import { spawnSync } from 'node:child_process';
import packageJson from '../package.json' with { type: 'json' };
import { table } from './report.ts';

const names = Object.keys(packageJson.scripts).filter((name) => name.startsWith('bench:'));
const rows = names.map((name) => {
  console.log(`\n== ${name} ==`);
  const start = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', name], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
  return [name, status === 0 ? 'within budget' : 'FAILED', ((performance.now() - start) / 1_000).toFixed(0)];
});
console.log(`\n${table(['bench', 'result', 'seconds'], rows)}`);
