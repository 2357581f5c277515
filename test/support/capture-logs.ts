/** Everything that is written to the standard streams while `run` runs: what CloudWatch would get. */
export async function captureLogs(run: () => Promise<unknown>): Promise<string> {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  let output = '';
  for (const stream of streams) {
    stream.write = ((chunk: string | Uint8Array) => {
      output += String(chunk);
      return true;
    }) as typeof stream.write;
  }
  try {
    await run();
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = writes[index]!;
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
