import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { exited } from '../../local/child-process.ts';
import { compileChild } from '../../local/compile.ts';
import { startDynamoDb } from '../../local/dynamodb.ts';
import { descendants, isAlive, processes } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-dynamodb-'));
afterAll(() => rmSync(folder, { recursive: true }));

const client = (endpoint: string) =>
  new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

const table = new CreateTableCommand({
  TableName: 'kept',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
});

const tables = async (endpoint: string) => (await client(endpoint).send(new ListTablesCommand({}))).TableNames;

test('it answers when it is started, and no more when it is stopped', async () => {
  const dynamodb = await startDynamoDb();
  expect(await tables(dynamodb.endpoint)).toEqual([]);
  await dynamodb.stop();
  await expect(fetch(dynamodb.endpoint)).rejects.toThrow();
});

test('with a file the tables are there the next time', async () => {
  const file = join(folder, 'kept.sqlite');
  const first = await startDynamoDb({ file });
  await client(first.endpoint).send(table);
  await first.stop();
  const second = await startDynamoDb({ file });
  expect(await tables(second.endpoint)).toEqual(['kept']);
  await second.stop();
});

test('Ctrl-C in the terminal does not reach it: it ends when its parent says so', async () => {
  const group = (pid: number) => processes().find((entry) => entry.pid === pid)?.group;
  const before = descendants(process.pid);
  const dynamodb = await startDynamoDb();
  const pids = descendants(process.pid).filter((pid) => !before.includes(pid) && isAlive(pid));
  expect(pids).toHaveLength(2);
  for (const pid of pids) expect(group(pid)).not.toBe(group(process.pid));
  await dynamodb.stop();
});

describe('without a binary for the platform', () => {
  const platform = 'plan9-mips';

  test('the error says which command installs it', async () => {
    await expect(startDynamoDb({ platform, environment: { PATH: folder } })).rejects.toMatchObject({
      code: 'DYNAMODB_MISSING',
      message: expect.stringContaining('npm install --no-save @dynoxide/plan9-mips@1.2.1'),
    });
  });

  test('DYNAMODB_ENDPOINT names one that runs already', async () => {
    const environment = { DYNAMODB_ENDPOINT: 'http://localhost:8000' };
    const { endpoint, stop } = await startDynamoDb({ platform, environment });
    expect(endpoint).toBe('http://localhost:8000');
    await stop();
  });

  test('dynoxide on the PATH is taken; one that does not start is an error with its words', async () => {
    const binary = join(folder, 'dynoxide');
    writeFileSync(binary, '#!/bin/sh\necho "no such flag: $1" >&2\nexit 1\n');
    chmodSync(binary, 0o755);
    await expect(startDynamoDb({ platform, environment: { PATH: folder } })).rejects.toMatchObject({
      code: 'DYNAMODB_FAILED',
      message: expect.stringContaining('no such flag: --host'),
    });
  });
});

describe('the tether', () => {
  /** A process that ends when it is told to, and says its pid. */
  const command = [process.execPath, '-e', 'console.log(process.pid); setInterval(() => {}, 1000)'];

  let started: { tether: ChildProcess; pid: number } | undefined;
  afterEach(() => {
    if (started && isAlive(started.pid)) process.kill(started.pid, 'SIGKILL');
    started = undefined;
  });

  async function tethered(): Promise<{ tether: ChildProcess; pid: number }> {
    const tether = fork(compileChild('tether', folder), command, { execArgv: [], silent: true });
    const pid = await new Promise<number>((resolve) => tether.stdout!.once('data', (text) => resolve(Number(text))));
    started = { tether, pid };
    return started;
  }

  test('ends its command when the parent is gone, which closes the channel', async () => {
    const { tether, pid } = await tethered();
    tether.disconnect();
    await exited(tether);
    expect(isAlive(pid)).toBe(false);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends it on %s', async (signal) => {
    const { tether, pid } = await tethered();
    tether.kill(signal);
    await exited(tether);
    expect(isAlive(pid)).toBe(false);
  });
});
