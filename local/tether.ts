import { spawn } from 'node:child_process';

/**
 * Runs the command of its arguments for as long as its parent lives. The parent holds the other end of the IPC channel, which
 * the operating system closes however the parent ends, SIGKILL included; no exit handler can promise that. The parent starts
 * it in a session of its own, so that Ctrl-C and the end of the terminal reach the parent alone.
 */
const [command, ...args] = process.argv.slice(2);
if (!command) throw new Error('tether needs the command to run');

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));

const end = () => {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 2_000).unref();
};
process.once('disconnect', end);
process.once('SIGTERM', end);
process.once('SIGINT', end);
