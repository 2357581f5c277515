import { spawn } from 'node:child_process';

/**
 * Runs the command of its arguments for as long as its parent lives. The parent holds the other end of the IPC channel, which
 * the operating system closes however the parent ends, SIGKILL included; no exit handler can promise that.
 */
const [command, ...args] = process.argv.slice(2);
if (!command) throw new Error('tether needs the command to run');

// Of its own process group: Ctrl-C in the terminal reaches the parent alone, which ends its parts in order.
const child = spawn(command, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
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
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
