import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { missingTools } from './missing-tools.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-tools-'));
  for (const command of ['make', 'python3', 'tar', 'xz']) writeFileSync(join(folder, command), '', { mode: 0o755 });
  // There, but nothing that could be run.
  writeFileSync(join(folder, 'cmake'), '', { mode: 0o644 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (variables: Record<string, string>) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'test/runtime/run.ts'], {
    env: { PATH: folder, ...variables },
    encoding: 'utf8',
  });

test('names the packages of the commands that are not on the path', () => {
  expect(missingTools(folder)).toEqual(['cmake', 'g++']);
  expect(missingTools('')).toEqual(['cmake', 'g++', 'make', 'python3', 'tar', 'xz-utils']);
});

test('npm run test:runtime without them says loudly that nothing was tested', () => {
  const { status, stderr } = run({});
  expect(stderr).toContain('SKIPPED, nothing was tested');
  expect(status).toBe(0);
});

test('npm run test:runtime without them fails in CI, and says what to install', () => {
  const { status, stderr } = run({ CI: 'true' });
  // On another platform it could not run with them either, and says that.
  expect(stderr).toMatch(/FAILED: test:runtime: .*(apt-get install -y cmake g\+\+|linux-x64 only)/);
  expect(status).toBe(1);
});
