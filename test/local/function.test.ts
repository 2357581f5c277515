import { fork } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { exited } from '../../local/child-process.ts';
import { compileChild, removeScratchFolder, scratchFolder } from '../../local/compile.ts';
import { type LocalFunction, type LocalFunctionOptions, startFunction } from '../../local/function.ts';
import { functionEnvironment } from '../../local/function-environment.ts';
import { functionLog } from '../../local/function-log.ts';
import { eventually, isAlive } from './processes.ts';

let running: LocalFunction[] = [];
afterEach(async () => {
  for (const each of running) await each.stop();
  running = [];
});

let lines: string[] = [];

async function start(
  source: string | (() => string),
  options: Partial<LocalFunctionOptions> = {},
): Promise<LocalFunction> {
  lines = [];
  const started = await startFunction({
    name: 'fixture',
    environment: {},
    onLine: (line) => lines.push(line),
    bundle: (folder) => {
      writeFileSync(join(folder, 'index.mjs'), typeof source === 'string' ? source : source());
    },
    ...options,
  });
  running.push(started);
  return started;
}

test('calls the handler with the event and a Lambda context', async () => {
  const source = `export const handler = async (event, context) =>
    ({ event, name: context.functionName, left: context.getRemainingTimeInMillis() > 0, id: context.awsRequestId });`;
  const fixture = await start(source, { environment: { AWS_LAMBDA_FUNCTION_NAME: 'gatehouse-fixture' } });
  expect(await fixture.invoke({ a: [1] })).toEqual({
    event: { a: [1] },
    name: 'gatehouse-fixture',
    left: true,
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test('the function sees exactly the environment that it is given', async () => {
  process.env.GATEHOUSE_TEST_CANARY = 'of the parent';
  const environment = functionEnvironment('auth', { aws: 'http://127.0.0.1:1', dynamodb: 'http://127.0.0.1:2' });
  const fixture = await start('export const handler = async () => process.env;', { environment });
  expect(await fixture.invoke({})).toEqual(environment);
  expect(environment).not.toHaveProperty('NODE_ENV');
  delete process.env.GATEHOUSE_TEST_CANARY;
});

test('events run at the same time, and each gets its own result', async () => {
  const source = `let open; const gate = new Promise((resolve) => { open = resolve; });
    export const handler = async (event) => { if (event === 'last') open(); await gate; return event; };`;
  const fixture = await start(source);
  expect(await Promise.all(['first', 'second', 'last'].map((event) => fixture.invoke(event)))).toEqual([
    'first',
    'second',
    'last',
  ]);
});

test('a handler that throws fails its event alone', async () => {
  const fixture = await start(
    `export const handler = async (event) => { if (event) throw new TypeError('bad event'); return 'fine'; };`,
  );
  await expect(fixture.invoke(true)).rejects.toMatchObject({
    code: 'FUNCTION_FAILED',
    message: expect.stringContaining('TypeError: bad event'),
  });
  expect(await fixture.invoke(false)).toBe('fine');
});

test('a process that ends fails what it was doing, and the next events start one new process', async () => {
  const fixture = await start(
    `export const handler = async (event) => { if (event === 'die') process.exit(7); return process.pid; };`,
  );
  const before = fixture.pid;
  await expect(fixture.invoke('die')).rejects.toMatchObject({
    code: 'FUNCTION_CRASHED',
    message: expect.stringContaining('exit code 7'),
  });
  const pids = await Promise.all([fixture.invoke('a'), fixture.invoke('b')]);
  expect(pids).toEqual([fixture.pid, fixture.pid]);
  expect(fixture.pid).not.toBe(before);
});

test('a handler that never answers is ended, as Lambda does', async () => {
  const fixture = await start('export const handler = () => new Promise(() => {});', { timeout: 50 });
  const { pid } = fixture;
  await expect(fixture.invoke({})).rejects.toMatchObject({ code: 'FUNCTION_TIMED_OUT' });
  await eventually(() => !isAlive(pid!));
});

describe('init', () => {
  test.each([
    ['throws', `throw new Error('GATEHOUSE_STAGE is missing');`, 'GATEHOUSE_STAGE is missing'],
    ['exports no handler', 'export const other = 1;', "no export 'handler'"],
    ['ends the process', 'process.exit(3);', 'exit code 3'],
    ['is no JavaScript', 'export const = ;', 'SyntaxError'],
  ])('a bundle that %s fails with a message that says so', async (_, source, words) => {
    await expect(start(source)).rejects.toMatchObject({
      code: 'FUNCTION_INIT_FAILED',
      message: expect.stringContaining(words),
    });
  });
});

describe('reload', () => {
  const version = (n: number) => `export const handler = async () => ${n};`;

  test('goes over to the new code, and leaves nothing of the old', async () => {
    let current = version(1);
    const folders: string[] = [];
    const bundle = (folder: string) => {
      folders.push(folder);
      writeFileSync(join(folder, 'index.mjs'), current);
    };
    const fixture = await start('', { bundle });
    const before = fixture.pid!;
    current = version(2);
    await fixture.reload();
    expect(await fixture.invoke({})).toBe(2);
    expect(isAlive(before)).toBe(false);
    expect(folders.map(existsSync)).toEqual([false, true]);
    await fixture.stop();
    expect(folders.map(existsSync)).toEqual([false, false]);
  });

  test.each([
    [
      'bundled',
      () => {
        throw new Error('Expected ";"');
      },
    ],
    ['loaded', () => 'throw new Error("broken");'],
  ])('code that cannot be %s leaves the old code serving', async (_, broken) => {
    let source: () => string = () => version(1);
    const fixture = await start(() => source());
    source = broken;
    await expect(fixture.reload()).rejects.toThrow();
    expect(await fixture.invoke({})).toBe(1);
  });

  test('lets what is running finish', async () => {
    const source = `export const handler = (event) => event === 'wait'
      ? new Promise((resolve) => { globalThis.finish = () => resolve('finished'); })
      : (setTimeout(() => globalThis.finish(), 100), null);`;
    const fixture = await start(source);
    const waiting = fixture.invoke('wait');
    await fixture.invoke('finish soon');
    await fixture.reload();
    expect(await waiting).toBe('finished');
  });
});

describe('no process is left', () => {
  const busy = 'setInterval(() => {}, 1000); export const handler = async () => 1;';

  test('by stop', async () => {
    const fixture = await start(busy);
    const { pid } = fixture;
    await fixture.stop();
    expect(isAlive(pid!)).toBe(false);
  });

  test('by a parent that is gone, which closes the channel', async () => {
    const folder = scratchFolder();
    const file = join(folder, 'busy.mjs');
    writeFileSync(file, busy);
    const host = fork(compileChild('function-host', folder), [file], { execArgv: [] });
    await new Promise((resolve) => host.once('message', resolve));
    const force = setTimeout(() => host.kill('SIGKILL'), 5_000);
    host.disconnect();
    await exited(host);
    clearTimeout(force);
    removeScratchFolder(folder);
    expect([host.exitCode, host.signalCode]).toEqual([0, null]);
  });
});

test('lines on both outputs arrive whole', async () => {
  const fixture = await start(
    `export const handler = async () => { process.stdout.write('one'); console.log(' line'); console.error('two'); };`,
  );
  await fixture.invoke({});
  await eventually(() => lines.length === 2);
  expect(lines.sort()).toEqual(['one line', 'two']);
});

describe('the log', () => {
  const printed: string[] = [];
  const log = functionLog((line) => printed.push(line));
  const auth = log.onLine('auth');

  test('keeps audit events, newest first, and prints them in words', () => {
    auth('{"level":"INFO","audit":{"event":"sign_up"}}');
    auth('{"level":"INFO","audit":{"event":"sign_in","user":{"uid":"u"}}}');
    expect(log.audit()).toEqual([{ event: 'sign_in', user: { uid: 'u' } }, { event: 'sign_up' }]);
    expect(printed).toEqual(['[auth] audit sign_up', '[auth] audit sign_in user=u']);
  });

  test('keeps the last thousand', () => {
    for (let index = 0; index < 1_001; index++) auth(JSON.stringify({ audit: { index } }));
    expect(log.audit()).toHaveLength(1_000);
    expect(log.audit()[0]).toEqual({ index: 1_000 });
  });

  test.each([
    ['plain text', '[auth] plain text'],
    [
      '{"level":"ERROR","message":"mail not sent","timestamp":"t","service":"s","function_name":"f","error":"X"}',
      '[auth] ERROR mail not sent error="X"',
    ],
    ['{"_aws":{"CloudWatchMetrics":[{"Metrics":[{"Name":"SignUp"}]}]},"SignUp":[1]}', '[auth] metric SignUp=[1]'],
    ['{"audit":"not an event"}', '[auth] audit="not an event"'],
    ['{"_aws":{}}', '[auth] metric '],
    ['[1]', '[auth] [1]'],
  ])('prints %s readably', (line, expected) => {
    printed.length = 0;
    auth(line);
    expect(printed).toEqual([expected]);
  });
});
