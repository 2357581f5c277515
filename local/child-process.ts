import type { ChildProcess } from 'node:child_process';

/** Resolves when the process is gone; at once if it already is. */
export function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Closes the IPC channel, on which our children end themselves, and ends by force one that has not gone after `grace` ms. */
export async function endChild(child: ChildProcess, grace = 3_000): Promise<void> {
  if (child.connected) child.disconnect();
  const force = setTimeout(() => child.kill('SIGKILL'), grace);
  await exited(child);
  clearTimeout(force);
}
