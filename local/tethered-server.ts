import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:net';
import { endChild } from './child-process.ts';
import { compileChild, removeScratchFolder, scratchFolder } from './compile.ts';

export interface TetheredServerOptions {
  /** The program and its arguments, for a port of the loopback. */
  readonly command: (port: number) => readonly [string, ...string[]];
  /** @default - this process's environment */
  readonly environment?: (port: number) => Readonly<Record<string, string>>;
  /** Where it is asked, until it answers at all, whether it is ready. @default - '/' */
  readonly readyPath?: string;
  /** How long it may take to answer, in ms. @default - 10 s */
  readonly startTimeout?: number;
}

export interface TetheredServer {
  readonly port: number;
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** The program ended, or did not answer in time; the message is the last of what it wrote. */
export class ServerNotStarted extends Error {}

/**
 * Starts a program that serves HTTP on a free port of the loopback, and ends with this process.
 *
 * @throws ServerNotStarted
 */
export async function startTetheredServer(options: TetheredServerOptions): Promise<TetheredServer> {
  const folder = scratchFolder();
  try {
    const tether = compileChild('tether', folder);
    let started: TetheredServer | string = '';
    // Between choosing a free port and the program's bind another process can take it; a second choice settles that.
    for (let attempt = 1; attempt <= 3 && typeof started === 'string'; attempt++)
      started = await start(tether, options);
    if (typeof started !== 'string') return started;
    throw new ServerNotStarted(started.trim() || 'no output');
  } finally {
    removeScratchFolder(folder);
  }
}

/** @returns what it wrote, when it does not start. */
async function start(tether: string, options: TetheredServerOptions): Promise<TetheredServer | string> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env = options.environment?.(port) ?? process.env;
  const child = fork(tether, [...options.command(port)], { execArgv: [], silent: true, detached: true, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-2_000);
    });
  }
  if (await answers(new URL(options.readyPath ?? '/', endpoint), child, options.startTimeout ?? 10_000)) {
    return { port, endpoint, stop: () => endChild(child) };
  }
  await endChild(child);
  return output;
}

async function answers(url: URL, child: ChildProcess, timeout: number): Promise<boolean> {
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1_000) });
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
