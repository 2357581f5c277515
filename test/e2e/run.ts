import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes } from '../../contract/routes.ts';
import { removeUser } from './identity-rows.ts';
import { type RunOptions, readRunOptions, UsageError, usage } from './run-options.ts';
import { type Run, runTarget, runVariable } from './run-target.ts';

/** `npm run test:e2e`: the end-to-end suite against a stack that runs already. */
const root = fileURLToPath(new URL('../..', import.meta.url));

/** @throws UsageError when the stack says that it is another one, since no token of it would verify. */
async function checkIssuer(url: string): Promise<void> {
  const address = url + routes.discovery;
  const answer = await fetch(address).catch((error: unknown) => {
    throw new Error(`${address} cannot be reached: ${error instanceof Error ? (error.cause ?? error) : error}`);
  });
  const { issuer } = (await answer.json().catch(() => ({}))) as { issuer?: unknown };
  if (issuer === url) return;
  throw new UsageError(
    issuer === undefined
      ? `--url is '${url}'; ${address} answers ${answer.status} and names no issuer, so this is not the base URL of a stack`
      : `--url is '${url}', but the stack there says that its base URL is '${issuer}'`,
  );
}

/** Runs the tests. A signal ends them only: their users are still to be removed. */
function runTests(run: Run): Promise<number> {
  const jest = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const suite = ['--runInBand', '--verbose', '--testTimeout=900000', '--testMatch=<rootDir>/test/e2e/run-suite.ts'];
  const child = spawn(process.execPath, [...jest, ...suite], {
    cwd: root,
    stdio: 'inherit',
    // CI keeps jest from redrawing the terminal, which questions are asked on.
    env: { ...process.env, CI: 'true', [runVariable]: JSON.stringify(run) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code ?? 1));
  });
}

/** @returns whether nothing stays that was to go. */
async function cleanUp(run: Run): Promise<boolean> {
  const users = readFileSync(run.signedUpFile, 'utf8').trim().split('\n').filter(Boolean);
  const { identityTable } = runTarget(run);
  if (!identityTable) {
    if (users.length > 0) console.log(`No --identity-table was given, so these users stay:\n  ${users.join('\n  ')}`);
    return true;
  }
  let removed = 0;
  try {
    for (const user of users) if (await removeUser(identityTable, user)) removed++;
    console.log(`Users of this run, removed: ${removed}`);
    return true;
  } catch (error) {
    console.error(`These users could not all be removed: ${error}\n  ${users.join('\n  ')}`);
    return false;
  }
}

async function main(options: RunOptions): Promise<number> {
  await checkIssuer(options.url);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  const run: Run = { ...options, id: randomBytes(4).toString('hex'), signedUpFile: join(folder, 'signed-up') };
  writeFileSync(run.signedUpFile, '');
  try {
    const code = await runTests(run);
    return (await cleanUp(run)) ? code : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// A line for those who deploy the SDK, not for those who read this terminal.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
try {
  const options = readRunOptions(process.argv.slice(2), process.stdin.isTTY);
  if (options === 'help') console.log(usage);
  else process.exitCode = await main(options);
} catch (error) {
  const wrongUse = error instanceof UsageError;
  console.error(wrongUse ? `${error.message}\n\n${usage}` : error instanceof Error ? error.message : error);
  process.exitCode = wrongUse ? 2 : 1;
}
