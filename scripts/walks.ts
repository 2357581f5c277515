/**
 * `npm run test:walks`: follows the documentation from nothing, by its own commands: to deploy, to fork, to embed. Names of walks as
 * arguments run those alone. Needs bash, curl, MiniStack, and the AWS CLI, in the versions of the two requirements.txt.
 */
import { spawnSync } from 'node:child_process';
import { inParallel } from './test-package/in-parallel.ts';
import { pack, scratchFolder } from './test-package/package.ts';
import { deploy } from './walks/deploy.ts';
import { embed } from './walks/embed.ts';
import { fork } from './walks/fork.ts';
import { runWalk } from './walks/run-walk.ts';

const only = process.argv.slice(2);
const scratch = scratchFolder();
const makers = { deploy: () => deploy, fork: () => fork, embed: async () => embed(await pack(scratch)) };
const unknown = only.find((name) => !(name in makers));
if (unknown !== undefined) throw new Error(`no walk '${unknown}'; there are ${Object.keys(makers).join(', ')}`);
const missing = ['bash', 'curl', 'aws'].filter((tool) => spawnSync(tool, ['--version']).error);
if (missing.length > 0)
  throw new Error(`no ${missing.join(', no ')}; the AWS CLI is in scripts/walks/requirements.txt`);

const results = Object.entries(makers)
  .filter(([name]) => only.length === 0 || only.includes(name))
  .map(([, make]) => async () => {
    const walk = await make();
    const { name, passed, seconds, output } = await runWalk(scratch, walk);
    const lines = walk.substitutions.map(
      ({ from, to, reason }) => `        '${from.trim()}' as '${to.trim()}': ${reason}`,
    );
    console.log([`${passed ? 'ok   ' : 'FAIL '} ${name} (${seconds.toFixed(0)} s)`, ...lines].join('\n'));
    if (passed) return;
    console.log(output.split('\n').slice(-80).join('\n'));
    process.exitCode = 1;
  });
await inParallel(2, results);
