import { type ChildProcess, fork } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { endChild } from './child-process.ts';
import { compileChild, removeScratchFolder, scratchFolder } from './compile.ts';
import { LocalError } from './errors.ts';

/** The version that the tests ran with; other platforms' packages come in the same versions. */
const version = '1.2.1';
const startTimeout = 10_000;

export interface DynamoDbOptions {
  /** The database file. @default - in memory, gone with the process */
  readonly file?: string;
  /** Where to look for what is installed. @default - this process's environment and platform */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly platform?: string;
}

export interface LocalDynamoDb {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts dynoxide, a DynamoDB of one static binary, on a free port of the loopback: the npm package for this platform, else
 * `dynoxide` on the PATH. With neither, DYNAMODB_ENDPOINT names a DynamoDB that runs already.
 *
 * @throws LocalError DYNAMODB_MISSING with the command that installs it; DYNAMODB_FAILED when it does not start.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<LocalDynamoDb> {
  const { environment = process.env, platform = `${process.platform}-${process.arch}` } = options;
  const binary = packagedBinary(platform) ?? binaryOnPath(environment.PATH);
  if (binary) return startBinary(binary, options.file);
  const endpoint = environment.DYNAMODB_ENDPOINT;
  if (endpoint) return { endpoint, stop: async () => {} };
  throw new LocalError(
    'DYNAMODB_MISSING',
    `no DynamoDB for ${platform}: run 'npm install --no-save @dynoxide/${platform}@${version}', ` +
      "or put 'dynoxide' on the PATH, or set DYNAMODB_ENDPOINT to a DynamoDB Local that runs",
  );
}

function packagedBinary(platform: string): string | undefined {
  const require = createRequire(import.meta.url);
  for (const name of ['dynoxide', 'dynoxide.exe']) {
    try {
      return require.resolve(`@dynoxide/${platform}/${name}`);
    } catch {
      // Not installed under this name: npm skips packages of other platforms.
    }
  }
  return undefined;
}

function binaryOnPath(path = ''): string | undefined {
  const candidates = path
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => [join(folder, 'dynoxide'), join(folder, 'dynoxide.exe')]);
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function startBinary(binary: string, file?: string): Promise<LocalDynamoDb> {
  const folder = scratchFolder();
  try {
    const tether = compileChild('tether', folder);
    const data = file ? ['--db-path', file] : [];
    let started: LocalDynamoDb | string = '';
    // Between choosing a free port and dynoxide's bind another process can take it; a second choice settles that.
    for (let attempt = 1; attempt <= 3 && typeof started === 'string'; attempt++) {
      started = await startTethered(tether, binary, data);
    }
    if (typeof started !== 'string') return started;
    throw new LocalError('DYNAMODB_FAILED', `${binary} did not start: ${started.trim() || 'no output'}`);
  } finally {
    removeScratchFolder(folder);
  }
}

/** @returns what it wrote, when it does not start. */
async function startTethered(tether: string, binary: string, data: string[]): Promise<LocalDynamoDb | string> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const args = [binary, '--host', '127.0.0.1', '--port', String(port), ...data];
  const child = fork(tether, args, { execArgv: [], silent: true, detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-2_000);
    });
  }
  if (await answers(endpoint, child)) return { endpoint, stop: () => endChild(child) };
  await endChild(child);
  return output;
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + startTimeout;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    try {
      await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
