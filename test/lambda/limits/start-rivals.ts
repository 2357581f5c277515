import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Passed, Task } from './rival.ts';

export interface Rivals {
  /** Every process does the task at the same time. */
  race(task: Task): Promise<Passed[]>;
  stop(): Promise<void>;
}

export async function startRivals(count: number): Promise<Rivals> {
  const rivals = await Promise.all(Array.from({ length: count }, startRival));
  return {
    race: (task) => Promise.all(rivals.map((rival) => rival.run(task))),
    stop: async () => void (await Promise.all(rivals.map((rival) => rival.stop()))),
  };
}

async function startRival() {
  const script = fileURLToPath(new URL('rival.ts', import.meta.url));
  const process_ = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  const lines = createInterface(process_.stdout)[Symbol.asyncIterator]();
  await answer(lines);
  return {
    async run(task: Task): Promise<Passed> {
      process_.stdin.write(`${JSON.stringify(task)}\n`);
      return JSON.parse(await answer(lines)) as Passed;
    },
    stop: () => ended(process_),
  };
}

async function answer(lines: AsyncIterator<string>): Promise<string> {
  const { done, value } = await lines.next();
  if (done) throw new Error('a rival ended early');
  return value;
}

/** It ends by itself when there is nothing more to read. */
function ended(rival: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (rival.exitCode !== null) return done();
    rival.once('exit', () => done());
    rival.stdin!.end();
  });
}
