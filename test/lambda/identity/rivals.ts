import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Race, Won } from './rival.ts';

const file = fileURLToPath(new URL('rival.ts', import.meta.url));

/**
 * Runs a race in several processes. Each says when it is ready for its next heat, and none starts before all are: otherwise the
 * first to be up would have won everything before the others began.
 */
export async function runRivals(race: Race, count: number): Promise<Won[]> {
  const rivals = Array.from({ length: count }, () => startRival(race));
  try {
    for (;;) {
      const lines = await Promise.all(rivals.map(({ line }) => line()));
      if (lines.every((line) => line !== 'ready')) return lines.map((line) => JSON.parse(line) as Won);
      for (const { child } of rivals) child.stdin.write('go\n');
    }
  } finally {
    for (const { child } of rivals) child.kill();
  }
}

function startRival(race: Race) {
  const args = ['--import', 'tsx', file, JSON.stringify(race)];
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(process.execPath, args, { stdio: 'pipe' });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  // What is written to a process that has failed is lost; its silence is the failure that is reported.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`a rival ended early: ${Buffer.concat(errors)}`);
    return value;
  };
  return { child, line };
}
