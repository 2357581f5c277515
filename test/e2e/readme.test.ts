import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { npmStart, readyLine, type Started } from '../local/npm-start.ts';

let started: Started;
let url: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-readme-'));
  started = npmStart();
  url = (await started.waitFor(readyLine))[1]!;
});
afterAll(async () => {
  process.kill(-started.pid, 'SIGINT');
  await started.ended();
  rmSync(folder, { recursive: true });
});

const tools = ['bash', 'curl'].filter((tool) => spawnSync(tool, ['--version']).error);
if (tools.length > 0) console.warn(`not checked, for want of ${tools.join(' and ')}: the README's commands`);

(tools.length > 0 && !process.env.CI ? test.skip : test)('the README’s commands work as they stand', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const block = /<!-- The tests run this block as it stands. -->\s+```sh\n(.*?)```/s.exec(readme)![1]!;
  expect(block).toContain('http://localhost:3000');
  const script = block.replaceAll('http://localhost:3000', url);
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder });
  const answers = stdout.split('\n');
  expect(answers[0]).toMatch(/"email":"ada@example.com","emailVerified":false/);
  expect(stdout).toMatch(/^302$/m);
  expect(stdout).toMatch(/^\{"session":.*"emailVerified":true/m);
  expect(stdout).toMatch(/^\{"token":"eyJ[\w-]+\.[\w-]+\.[\w-]+"\}$/m);
  expect(stdout).toMatch(/^\{"keys":\[\{"kty":"EC"/m);
  expect(stdout).toMatch(/"code":"MISSING_OR_NULL_ORIGIN".*\n\{"success":true\}\nnull$/m);
  expect(stdout).toMatch(/"event": "sign_out"/);
});
