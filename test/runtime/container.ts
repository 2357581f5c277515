import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { exited } from '../../local/child-process.ts';
import { functionEnvironment, type LocalEndpoints } from '../../local/function-environment.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { client, node } from './paths.ts';
import { RuntimeError, startRuntimeApi } from './runtime-api.ts';

export interface ContainerOptions {
  readonly name: string;
  /** Where `index.mjs` is. */
  readonly folder: string;
  readonly deployed: DeployedFunction;
  readonly endpoints: LocalEndpoints;
  /** Load the memory probe beside the bundle. @default - false: the process is as in Lambda */
  readonly probe?: boolean;
}

/** In bytes, after a collection. */
export interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

/** An execution environment: the bundle in a process of AWS's runtime client on the Node version of the functions. */
export interface Container {
  readonly pid: number;
  /** Milliseconds from the start of the process until it asked for its first event. */
  readonly initDuration: number;
  /** Everything that it wrote to standard output and standard error: what CloudWatch gets. */
  readonly lines: readonly string[];
  /** As one event after another, whatever is asked at the same time. */
  invoke(event: unknown): Promise<APIGatewayProxyResult>;
  /** Freezes the process at the very moment its answer arrives, before the runtime knows that it did. */
  invokeAndFreeze(event: unknown): Promise<APIGatewayProxyResult>;
  freeze(): void;
  thaw(): void;
  /** One letter of `man 5 proc_pid_stat`: T is frozen. */
  state(): string;
  /** Rejects with `EXITED` when the process ends before it answers. */
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

/** @throws RuntimeError `INIT_FAILED` with what the runtime reported, `EXITED` when it reported nothing. */
export async function startContainer(options: ContainerOptions): Promise<Container> {
  const { name, folder, deployed, endpoints, probe = false } = options;
  const api = await startRuntimeApi(`gatehouse-${name}`, deployed.timeout * 1_000);
  const startedAt = performance.now();
  const child = spawn(node, [...(probe ? probeFlags : []), client], {
    cwd: folder,
    env: {
      ...functionEnvironment(name, endpoints),
      ...deployed.environment,
      AWS_LAMBDA_RUNTIME_API: api.address,
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: deployed.handler,
    },
    stdio: ['ignore', 'pipe', 'pipe', probe ? 'pipe' : 'ignore'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream as Readable }).on('line', (line) => lines.push(line));
  }
  // 'close' comes after the last output, so that the reason is complete.
  child.once('close', (code, signal) =>
    api.abandon(`the process ended: ${signal ?? `exit code ${code}`}\n${lines.slice(-20).join('\n')}`),
  );
  const stop = async () => {
    child.kill('SIGKILL');
    await exited(child);
    await api.stop();
  };
  try {
    await api.initialized;
  } catch (error) {
    await stop();
    throw error;
  }
  const initDuration = performance.now() - startedAt;
  const pid = child.pid!;
  return {
    pid,
    initDuration,
    lines,
    invoke: (event) => api.invoke(event) as Promise<APIGatewayProxyResult>,
    invokeAndFreeze: (event) => api.invoke(event, () => child.kill('SIGSTOP')) as Promise<APIGatewayProxyResult>,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    state: () => statOf(pid),
    memory: () => askProbe(child),
    stop,
  };
}

const probeFlags = [
  '--expose-gc',
  // V8 drops compiled code that has not run for a while, megabytes of it, which would hide a leak.
  '--no-flush-bytecode',
  '--import',
  fileURLToPath(new URL('memory-probe.ts', import.meta.url)),
];

function askProbe(child: ChildProcess): Promise<Memory> {
  const answers = child.stdio[3] as Readable;
  return new Promise((resolve, reject) => {
    const fail = () => reject(new RuntimeError('EXITED', 'the process ended before it told its memory'));
    child.once('close', fail);
    answers.once('data', (text: Buffer) => {
      child.off('close', fail);
      resolve(JSON.parse(text.toString()) as Memory);
    });
    if (!child.kill('SIGUSR2')) fail();
  });
}

/** What stands after the last bracket of the name begins with the state. */
function statOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.charAt(stat.lastIndexOf(')') + 2);
}
