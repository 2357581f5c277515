/**
 * What the functions log does not clutter the report of a test run: their lines are JSON with a level, or a metric. All else is shown,
 * and so are these with `TEST_LOGS=1`. A test that is about log lines captures them, see capture-logs.ts.
 */
const functionLine = /^\{"(level|_aws)":.*\}\n$/;
const quiet = Symbol.for('gatehouse quiet logs');

for (const stream of [process.stdout, process.stderr] as (NodeJS.WriteStream & { [quiet]?: true })[]) {
  // The streams outlive a test file, this module does not.
  if (stream[quiet] || process.env.TEST_LOGS) continue;
  stream[quiet] = true;
  const write = stream.write.bind(stream) as (...input: unknown[]) => boolean;
  stream.write = ((...input: unknown[]) =>
    functionLine.test(String(input[0])) || write(...input)) as typeof stream.write;
}
