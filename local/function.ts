import { removeScratchFolder, scratchFolder } from './compile.ts';
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
  /**
   * Bundles again and goes over to the new code; when that fails the old code keeps serving, and the error is thrown.
   * @param environment of the new code. @default - as before
   */
  reload(environment?: LocalFunctionOptions['environment']): Promise<void>;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

interface Version {
  readonly folder: string;
  readonly environment: LocalFunctionOptions['environment'];
  readonly container: FunctionProcess;
}

/** A function as in Lambda: the bundle in a process of its own, which is started again after a crash by the next event. */
export async function startFunction(options: LocalFunctionOptions): Promise<LocalFunction> {
  const { name, bundle, onLine, timeout = 29_000 } = options;
  const start = (folder: string, environment: LocalFunctionOptions['environment']) =>
    startFunctionProcess({ name, folder, environment, onLine });

  // Each version has a folder of its own: the old one serves until the new one has loaded.
  async function bundled(environment: LocalFunctionOptions['environment']): Promise<Version> {
    const folder = scratchFolder();
    try {
      bundle(folder);
      return { folder, environment, container: await start(folder, environment) };
    } catch (error) {
      removeScratchFolder(folder);
      throw error;
    }
  }

  let current = await bundled(options.environment);
  let restart: Promise<void> | undefined;
  let stopped = false;

  // The events that come while a process starts share it.
  async function revive(): Promise<void> {
    const { folder, environment } = current;
    const container = await start(folder, environment);
    if (folder === current.folder && !stopped) current = { folder, environment, container };
    else await container.stop(0);
  }

  return {
    get pid() {
      return current.container.pid;
    },
    async invoke(event) {
      if (!current.container.alive && !stopped) {
        restart ??= revive().finally(() => {
          restart = undefined;
        });
        await restart;
      }
      return current.container.invoke(event, timeout);
    },
    async reload(environment = current.environment) {
      const next = await bundled(environment);
      const old = current;
      current = next;
      await old.container.stop(timeout);
      removeScratchFolder(old.folder);
    },
    async stop() {
      stopped = true;
      await restart?.catch(() => {});
      await current.container.stop(2_000);
      removeScratchFolder(current.folder);
    },
  };
}
