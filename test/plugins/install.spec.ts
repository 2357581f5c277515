import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const [, block] = /^```json\n([\s\S]*?)^```$/m.exec(readFileSync('docs/second-factors.md', 'utf8'))!;

test('the dependencies in the docs install without flags, with one copy of what Better Auth shares', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-passkey-'));
  try {
    writeFileSync(join(folder, 'package.json'), block!);
    const args = ['install', '--package-lock-only', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await promisify(execFile)('npm', args, { cwd: folder });
    const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
    for (const shared of ['better-auth', '@better-auth/core', '@better-auth/utils', 'better-call']) {
      const copies = Object.keys(packages).filter((path) => path.endsWith(`node_modules/${shared}`));
      expect(copies).toEqual([`node_modules/${shared}`]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
