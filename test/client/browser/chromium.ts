import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Opens a page in a Chromium with a profile of its own; `CHROMIUM` names another command. */
export async function openChromium(url: string) {
  const profile = mkdtempSync(join(tmpdir(), 'gatehouse-chromium-'));
  const child = spawn(
    process.env.CHROMIUM ?? 'chromium',
    // Tests open tabs without a click, and containers run as root.
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-popup-blocking',
      `--user-data-dir=${profile}`,
      url,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4_000);
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended with code ${code}: ${errors}`)));
  });
  failed.catch(() => {});
  return {
    /** Rejects when the browser ends; never resolves. */
    failed,
    async stop() {
      if (child.pid === undefined) return;
      const exited = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
