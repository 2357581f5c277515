const streams = [process.stdout, process.stderr];
const methods = ['debug', 'info', 'log', 'warn', 'error'] as const;

/** Everything that is written to the standard streams and the console while `run` runs: what CloudWatch would get. */
export async function captureLogs(run: () => Promise<unknown>): Promise<string> {
  const writes = streams.map((stream) => stream.write);
  // Jest's own, which does not write to the streams.
  const printers = methods.map((method) => console[method]);
  let output = '';
  for (const stream of streams) {
    stream.write = ((chunk: string | Uint8Array) => {
      output += String(chunk);
      return true;
    }) as typeof stream.write;
  }
  for (const method of methods)
    console[method] = (...parts: unknown[]) => (output += `${parts.map(String).join(' ')}\n`);
  try {
    await run();
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = writes[index]!;
    for (const [index, method] of methods.entries()) console[method] = printers[index]!;
  }
  return output;
}

/** The audit events among captured logs. */
export function auditEvents(output: string): { event: string; [field: string]: unknown }[] {
  return output
    .split('\n')
    .filter((line) => line.includes('"audit"'))
    .map((line) => (JSON.parse(line) as { audit: { event: string } }).audit);
}
