import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { omissions } from '../../local/account/omissions.ts';
import { npmRun, type Started } from '../local/npm-start.ts';
import { descendants, eventually, isAlive } from '../local/processes.ts';
import { describeWithEmulator } from './needs-emulator.ts';

const bash = async (script: string) => (await promisify(execFile)('bash', ['-c', script])).stdout;

describeWithEmulator('npm run deploy:local', () => {
  let started: Started;
  afterAll(() => started?.stop());

  test('says what it leaves out, where the API is, and commands that work as they stand', async () => {
    started = npmRun('deploy:local');
    await started.waitFor(/^Gatehouse-dev is ready on http:\/\/127\.0\.0\.1:\d+\/dev$/m);
    for (const { name, reason } of omissions) expect(started.output()).toContain(`${name}: ${reason}`);
    expect(started.output()).toMatch(/^ {2}https:\/\/\w+\.execute-api\.us-east-1\.amazonaws\.com\/dev$/m);
    const [health, signUp, mail] = started.output().match(/^ {2}curl .*$/gm)!;
    expect(await bash(`${health} -s`)).toBe('{"status":"ok"}');
    expect(await bash(`${signUp} -s`)).toContain('"email":"ada@example.com"');
    await eventually(async () => (await bash(`${mail} -s`)).includes('/dev/api/auth/verify-email?token='), 60_000);
  });

  test('Ctrl-C ends all of it', async () => {
    const processes = descendants(started.pid);
    expect(processes.length).toBeGreaterThan(3);
    await started.stop();
    await eventually(() => processes.every((pid) => !isAlive(pid)));
  });
});
