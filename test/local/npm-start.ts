import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { exited } from '../../local/child-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Started {
  readonly pid: number;
  /** All that it wrote so far. */
  output(): string;
  /** Waits for what matches in the output. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** The exit code. */
  ended(): Promise<number | null>;
  /** Ctrl-C, which the terminal sends to the whole group; by force what does not end within 10 s. */
  stop(): Promise<void>;
}

/** Runs `npm start` as a person does, but in a process group of its own. */
export const npmStart = (
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  cwd = root,
): Started => npmRun('start', args, { PORT: '0', ...environment }, cwd);

/** The same for any script that stays. */
export function npmRun(
  script: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  cwd = root,
): Started {
  const child = spawn('npm', ['run', script, '--silent', '--', ...args], {
    cwd,
    env: { ...process.env, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  const notify = () => {
    for (const listener of listeners) listener();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      notify();
    });
  }
  child.once('exit', notify);

  const kill = (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, signal);
  };

  return {
    pid: child.pid!,
    output: () => output,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match) resolve(match);
          else if (child.exitCode !== null || child.signalCode !== null)
            reject(new Error(`npm run ${script} ended:\n${output}`));
          else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
    ended: async () => {
      await exited(child);
      return child.exitCode;
    },
    async stop() {
      kill('SIGINT');
      const force = setTimeout(() => kill('SIGKILL'), 10_000);
      await exited(child);
      clearTimeout(force);
    },
  };
}

export const readyLine = /^Gatehouse is ready on (http:\/\/localhost:\d+)$/m;
