import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { usage } from '../../local/arguments.ts';
import { exited } from '../../local/child-process.ts';
import { npmStart, readyLine, type Started } from './npm-start.ts';
import { descendants, eventually, isAlive } from './processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-start-'));

let running: Started[] = [];
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

function start(...given: Parameters<typeof npmStart>): Started {
  const started = npmStart(...given);
  running.push(started);
  return started;
}

describe('what is wrong with the call is said, with the way out', () => {
  test('a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const started = start([], { PORT: String(port) });
    expect(await started.ended()).toBe(1);
    expect(started.output()).toContain(`port ${port} is taken`);
    expect(started.output()).toContain('set PORT to a free one');
    await new Promise((resolve) => other.close(resolve));
  });

  test('a flag that does not exist', async () => {
    const started = start(['--prot', '3000']);
    expect(await started.ended()).toBe(2);
    expect(started.output()).toContain("Unknown option '--prot'");
    expect(started.output()).toContain(usage);
  });
});

test('--help says how it is used, and starts nothing', async () => {
  const started = start(['--help']);
  expect(await started.ended()).toBe(0);
  expect(started.output()).toMatch(/--data DIR.*DYNAMODB_ENDPOINT/s);
});

test('it says where everything is; each address answers', async () => {
  const started = start();
  const [, url] = await started.waitFor(readyLine);
  const addresses = [...started.output().matchAll(/^ {2}(\S.*?) {2,}(http:\S+)$/gm)].map(
    ([, name, address]) => [name, address] as const,
  );
  expect(addresses.map(([name]) => name)).toEqual(['Auth API', 'JWKS', 'Discovery', 'Health', 'Mail', 'Audit']);
  for (const [name, address] of addresses) {
    const response = await fetch(name === 'Auth API' ? `${address}/ok` : address!);
    expect([name, response.status]).toEqual([name, 200]);
  }
  expect(await (await fetch(url!)).json()).toMatchObject({
    mail: `${url}/local/mail`,
    jwks: `${url}/.well-known/jwks.json`,
  });
});

describe('it ends without leaving a process', () => {
  test.each([
    ['Ctrl-C, which the terminal sends to every process of the group', (pid: number) => -pid, 'SIGINT'],
    ['SIGTERM to npm alone', (pid: number) => pid, 'SIGTERM'],
  ] as const)('on %s', async (_, to, signal) => {
    const started = start();
    const [, url] = await started.waitFor(readyLine);
    const pids = descendants(started.pid);
    // start.ts, dynoxide with its tether, two functions; before them what npm itself starts.
    expect(pids.length).toBeGreaterThanOrEqual(5);
    process.kill(to(started.pid), signal);
    await started.ended();
    await eventually(() => !pids.some(isAlive));
    await expect(fetch(url!)).rejects.toThrow();
  });

  test.each([
    ['SIGINT', 0],
    ['SIGTERM', 0],
    ['SIGKILL', null],
  ] as const)('on %s to itself, with exit code %p', async (signal, code) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts'], {
      cwd: root,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      output += text;
      if (readyLine.test(output)) break;
    }
    expect(output).toMatch(readyLine);
    const pids = descendants(child.pid!);
    expect(pids.length).toBeGreaterThanOrEqual(4);
    child.kill(signal);
    await exited(child);
    expect(child.exitCode).toBe(code);
    await eventually(() => !pids.some(isAlive));
  });
});

test('code under lambda/ that changes is taken up', async () => {
  const started = start();
  const [, url] = await started.waitFor(readyLine);
  const now = new Date();
  utimesSync(join(root, 'lambda/auth/options.ts'), now, now);
  await started.waitFor(/^Reloaded: .*lambda\/auth\/options\.ts/m);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test('--data keeps users and keys, for their owner alone', async () => {
  const data = join(folder, 'data');
  const run = async <T>(use: (url: string) => Promise<T>): Promise<T> => {
    const started = start(['--data', data]);
    const [, url] = await started.waitFor(readyLine);
    const answer = await use(url!);
    await started.stop();
    return answer;
  };
  const post = (url: string, path: string) =>
    fetch(`${url}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ name: 'Ada', email: 'ada@example.com', password: 'a long enough password' }),
    });
  const jwks = async (url: string) => (await fetch(`${url}/.well-known/jwks.json`)).json();

  const before = await run(async (url) => {
    expect((await post(url, '/sign-up/email')).status).toBe(200);
    const mails = async () => (await (await fetch(`${url}/local/mail`)).json()) as { link: string }[];
    await eventually(async () => (await mails()).length > 0);
    await fetch((await mails())[0]!.link, { redirect: 'manual' });
    return jwks(url);
  });
  expect(statSync(data).mode & 0o777).toBe(0o700);
  const [after, signIn] = await run(async (url) => [await jwks(url), await post(url, '/sign-in/email')] as const);
  expect(after).toEqual(before);
  expect(signIn.status).toBe(200);
});
