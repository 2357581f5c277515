import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runKeys } from '../../scripts/keys/run-keys.ts';
import { npmStart, readyLine, type Started } from './npm-start.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** All that `npm start` and `npm run keys` read; a copy, because the exercise edits two of them. */
const sources = [...['contract', 'lambda', 'lib', 'local', 'scripts'], ...['package.json', 'tsconfig.json']];
/** Of its own: those of the repository change with each rotation. */
const config = `export default {
  stages: {
    dev: {
      mail: { from: 'no-reply@dev.example.com' },
      signingKeys: [
        { id: 'first', algorithm: 'ES256', state: 'active' },
        { id: 'second', algorithm: 'ES256', state: 'next' },
      ],
    },
  },
};
`;
const since = '2026-01-01T00:00:00.000Z';
const lock = {
  version: 1,
  stages: {
    dev: {
      any: [
        { id: 'first', algorithm: 'ES256', state: 'active', since: { active: since } },
        { id: 'second', algorithm: 'ES256', state: 'next', since: { next: since } },
      ],
    },
  },
};

let folder: string;
let started: Started;
let url: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-exercise-'));
  for (const name of sources) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'gatehouse.config.ts'), config);
  writeFileSync(join(folder, 'signing-keys.lock.json'), JSON.stringify(lock));
  started = npmStart([], {}, folder);
  url = (await started.waitFor(readyLine))[1]!;
}, 120_000);
afterAll(async () => {
  await started.stop();
  rmSync(folder, { recursive: true });
});

const tools = ['bash', 'curl'].filter((tool) => spawnSync(tool, ['--version']).error);
if (tools.length > 0) console.warn(`not checked, for want of ${tools.join(' and ')}: the commands of docs/rotation.md`);

(tools.length > 0 && !process.env.CI ? test.skip : test)(
  'a newcomer rotates a key by the runbook',
  async () => {
    const runbook = readFileSync(join(root, 'docs/rotation.md'), 'utf8');
    const block = /<!-- The tests run this block as it stands. -->\s+```sh\n(.*?)```/s.exec(runbook)![1]!;
    expect(block).toContain('http://localhost:3000');
    const script = block.replaceAll('http://localhost:3000', url);
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { cwd: folder, timeout: 120_000 });

    const [first, second] = [...stdout.matchAll(/^signed by "kid":"([\w-]{43})"$/gm)].map(([, kid]) => kid);
    expect(first).toBeDefined();
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
    expect(stdout).toMatch(/^ {2}first +ES256 +retiring .* drop: from 20/m);
    const verdicts = [...stdout.matchAll(/^the old token is (\w+), the new one is (\w+)$/gm)].map(
      ([, ...both]) => both,
    );
    expect(verdicts).toEqual([
      ['valid', 'valid'],
      ['ERR_JWKS_NO_MATCHING_KEY', 'valid'],
    ]);
    expect(stdout.match(/^refused$/gm)).toHaveLength(2);
    expect(stderr).toMatch(/key 'first' may be dropped from 20/);
    expect(stderr).toMatch(/key 'exercise' may be activated from 20/);
    expect(stdout).toMatch(
      /^dev \(Region: any\) at http:.*\n(?: {2}published: ES256 {2}[\w-]{43}\n){3} {2}agrees with signing-keys/m,
    );
    expect(started.output()).toMatch(/Reloaded: signing-keys\.lock\.json/);
  },
  180_000,
);

test('keys -- check tells that a step which is on record is not deployed yet', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'gatehouse-ahead-'));
  try {
    for (const name of ['gatehouse.config.ts', 'signing-keys.lock.json'])
      cpSync(join(folder, name), join(elsewhere, name));
    const output: string[] = [];
    const keys = (...argv: string[]) =>
      runKeys([...argv, '--stage', 'dev'], {
        root: elsewhere,
        now: new Date(),
        print: (text) => output.push(text),
        printError: (text) => output.push(text),
      });
    expect(await keys('check', '--url', url)).toBe(0);
    expect(await keys('add', '--id', 'ahead')).toBe(0);
    expect(await keys('check', '--url', url)).toBe(1);
    expect(output.at(-1)).toMatch(
      /KEY_MISSING: ES256: 3 on record \(.*'ahead'\), 2 published; a step is not deployed yet/,
    );
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
}, 60_000);
