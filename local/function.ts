import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from './compile.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';

export interface LocalFunctionOptions {
  readonly name: string;
  /** Writes the bundle, `index.mjs`, to the folder it is given; called at the start and at each reload. */
  readonly bundle: (folder: string) => void;
  /** The whole environment: nothing of this process's own is added. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called with each line of the function's standard output and standard error. */
  readonly onLine: (line: string) => void;
  /** Milliseconds. @default - 29,000, what API Gateway waits */
  readonly timeout?: number;
}

export interface LocalFunction {
  /** @throws LocalError FUNCTION_FAILED, FUNCTION_CRASHED, FUNCTION_TIMED_OUT or FUNCTION_INIT_FAILED. */
  invoke(event: unknown): Promise<unknown>;
  /** Bundles again and goes over to the new code; when that fails the old code keeps serving, and the error is thrown. */
  reload(): Promise<void>;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

let version = 0;

/** A function as in Lambda: the bundle in a process of its own, which is started again after a crash by the next event. */
export async function startFunction(options: LocalFunctionOptions): Promise<LocalFunction> {
  const { name, bundle, environment, onLine, timeout = 29_000 } = options;

  // Each version has a folder of its own: the old one serves until the new one has loaded.
  const bundled = () => {
    const target = join(scratchFolder(), `${name}-${++version}`);
    bundle(target);
    return target;
  };
  const start = (source: string) =>
    startFunctionProcess({ name, file: join(source, 'index.mjs'), environment, onLine });
  const remove = (source: string) => rmSync(source, { recursive: true, force: true });

  let folder = bundled();
  let container = await start(folder);
  let restart: Promise<void> | undefined;
  let stopped = false;

  // The events that come while a process starts share it.
  async function revive(): Promise<void> {
    const source = folder;
    const started: FunctionProcess = await start(source);
    if (source === folder && !stopped) container = started;
    else await started.stop(0);
  }

  return {
    get pid() {
      return container.pid;
    },
    async invoke(event) {
      if (!container.alive && !stopped) {
        restart ??= revive().finally(() => {
          restart = undefined;
        });
        await restart;
      }
      return container.invoke(event, timeout);
    },
    async reload() {
      const source = bundled();
      const started = await start(source);
      const old = { container, folder };
      [container, folder] = [started, source];
      await old.container.stop(timeout);
      remove(old.folder);
    },
    async stop() {
      stopped = true;
      await restart?.catch(() => {});
      await container.stop(2_000);
      remove(folder);
    },
  };
}
