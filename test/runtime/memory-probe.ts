/** Preloaded into the runtime's process (`--import`): on SIGUSR2 it collects garbage and writes its memory to descriptor 3. */
import { writeSync } from 'node:fs';

process.on('SIGUSR2', async () => {
  // Twice, with a turn of the event loop between, so that what finalizers let go is collected too.
  for (let round = 0; round < 2; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  writeSync(3, `${JSON.stringify(process.memoryUsage())}\n`);
});
