import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LocalError } from '../errors.ts';
import type { Emulator } from './emulator.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = fileURLToPath(new URL('../../node_modules/aws-cdk/bin/cdk', import.meta.url));

const wentWell = /\| (CREATE|UPDATE|DELETE)_(IN_PROGRESS|COMPLETE)|: (start|success): /;

/**
 * Runs the CDK CLI of this repository in the emulated account.
 *
 * @returns what it wrote.
 * @throws LocalError CDK_FAILED with what it wrote, less the resources that went well.
 */
export async function runCdk({ environment }: Pick<Emulator, 'environment'>, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: root,
    env: { ...environment, CI: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'close');
  if (child.exitCode === 0) return output;
  const telling = output.split('\n').filter((line) => line.trim() && !wentWell.test(line));
  const ended = child.exitCode ?? child.signalCode;
  throw new LocalError('CDK_FAILED', [`cdk ${args[0]} ended with ${ended}:`, ...telling].join('\n'));
}
