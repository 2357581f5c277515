import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { endChild, exited } from './child-process.ts';
import { compileChild } from './compile.ts';
import { LocalError } from './errors.ts';
import type { FromHost, HandlerError, ToHost } from './function-host.ts';

/** Lambda ends an init that takes longer. */
const initTimeout = 10_000;

export interface FunctionProcessOptions {
  readonly name: string;
  /** Where the bundle is, an `index.mjs`; the compiled host goes beside it. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Called with each line of the function's standard output and standard error. */
  readonly onLine: (line: string) => void;
}

/** One container: a child process that has loaded the bundle. Unlike a Lambda container it takes several events at a time. */
export interface FunctionProcess {
  readonly pid: number | undefined;
  readonly alive: boolean;
  invoke(event: unknown, timeout: number): Promise<unknown>;
  /** Waits for what is running, `patience` ms at most, then ends the process. */
  stop(patience: number): Promise<void>;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: LocalError): void;
}

/** @throws LocalError FUNCTION_INIT_FAILED when the bundle does not load, exits, or takes more than 10 s. */
export async function startFunctionProcess(options: FunctionProcessOptions): Promise<FunctionProcess> {
  const { name, folder, environment, onLine } = options;
  const child = fork(compileChild('function-host', folder), [join(folder, 'index.mjs')], {
    env: environment,
    execArgv: [],
    silent: true,
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream! }).on('line', onLine);
  const pending = new Map<number, Pending>();
  await initialized(child, name, pending);

  let next = 0;
  const running = new Set<Promise<unknown>>();

  function call(event: unknown, timeout: number): Promise<unknown> {
    const id = next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        settle(reject)(
          new LocalError('FUNCTION_TIMED_OUT', `the ${name} function did not answer within ${timeout} ms`),
        );
        // What it was doing goes on otherwise; Lambda ends the container too.
        child.kill('SIGKILL');
      }, timeout);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          pending.delete(id);
          then(value);
        };
      pending.set(id, { resolve: settle(resolve), reject: settle(reject) });
      const message: ToHost = { id, event, deadline: Date.now() + timeout };
      // A failure to send means that the process is gone; its exit rejects what is pending.
      child.send(message, () => {});
    });
  }

  return {
    pid: child.pid,
    get alive() {
      return child.connected;
    },
    invoke(event, timeout) {
      const result = call(event, timeout);
      running.add(result);
      const done = () => running.delete(result);
      result.then(done, done);
      return result;
    },
    async stop(patience) {
      const waited = new AbortController();
      const longest = delay(patience, undefined, { signal: waited.signal }).catch(() => {});
      await Promise.race([Promise.allSettled(running), longest]);
      waited.abort();
      await endChild(child);
    },
  };
}

function initialized(child: ChildProcess, name: string, pending: Map<number, Pending>): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string) =>
      reject(new LocalError('FUNCTION_INIT_FAILED', `the ${name} function failed at its init: ${reason}`));
    const timer = setTimeout(() => {
      failed(`it took more than ${initTimeout} ms`);
      child.kill('SIGKILL');
    }, initTimeout);
    child.on('message', (message: FromHost) => {
      if (message.type === 'ready') {
        clearTimeout(timer);
        resolve();
      } else if (message.type === 'init-failed') failed(words(message.error));
      else if (message.type === 'result') pending.get(message.id)?.resolve(message.result);
      else
        pending
          .get(message.id)
          ?.reject(new LocalError('FUNCTION_FAILED', `the ${name} function failed: ${words(message.error)}`));
    });
    child.once('error', (error) => failed(error.message));
    void exited(child).then(() => {
      clearTimeout(timer);
      const how = child.signalCode ?? `exit code ${child.exitCode}`;
      failed(how);
      for (const { reject: rejectCall } of pending.values()) {
        rejectCall(new LocalError('FUNCTION_CRASHED', `the ${name} function's process ended: ${how}`));
      }
    });
  });
}

const words = ({ name, message, stack }: HandlerError): string => stack || `${name}: ${message}`;
