import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { endChild } from '../../local/child-process.ts';
import { compileChild, removeScratchFolder, scratchFolder } from '../../local/compile.ts';
import { emulator } from './install.ts';

const startTimeout = 60_000;

/** Starts DynamoDB Local, in memory, on a free port; it ends with this process, however that ends. */
export async function startDynamoDbLocal(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const folder = scratchFolder();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const vm = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx256m'];
  const library = `-Djava.library.path=${join(emulator, 'DynamoDBLocal_lib')}`;
  const jar = ['-jar', join(emulator, 'DynamoDBLocal.jar'), '-inMemory', '-disableTelemetry', '-port', String(port)];
  const child = fork(compileChild('tether', folder), ['java', ...vm, library, ...jar], {
    // It leaves a file where it runs.
    cwd: folder,
    execArgv: [],
    silent: true,
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => {
      output = (output + data).slice(-4_000);
    });
  const stop = async () => {
    await endChild(child);
    removeScratchFolder(folder);
  };
  if (await answers(endpoint, child)) return { endpoint, stop };
  await stop();
  throw new Error(`DynamoDB Local did not start:\n${output}`);
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + startTimeout;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const answered = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) }).then(
      () => true,
      () => false,
    );
    if (answered) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
