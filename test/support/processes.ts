import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Processes<Task, Result> {
  /** Every process does the task at the same time. */
  run(task: Task): Promise<Result[]>;
  stop(): Promise<void>;
}

/** Processes that run a script which says `ready`, and then answers each line of JSON with one. */
export async function startProcesses<Task, Result>(script: URL, count: number): Promise<Processes<Task, Result>> {
  const started = await Promise.all(Array.from({ length: count }, () => start(script)));
  return {
    run: (task) => Promise.all(started.map(({ ask }) => ask(JSON.stringify(task)))) as Promise<Result[]>,
    stop: async () => void (await Promise.all(started.map(({ stop }) => stop()))),
  };
}

async function start(script: URL) {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { done, value } = await lines.next();
    if (done) throw new Error('a process ended early');
    return value;
  };
  await answer();
  return {
    async ask(line: string): Promise<unknown> {
      child.stdin.write(`${line}\n`);
      return JSON.parse(await answer());
    },
    stop: () => ended(child),
  };
}

/** It ends by itself when there is nothing more to read. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null) return done();
    child.once('exit', () => done());
    child.stdin!.end();
  });
}
