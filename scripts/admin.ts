/** `npm run admin`: what operators do to users and sessions of a stack, each time on record. */
import { createInterface } from 'node:readline/promises';
import { runAdmin } from './admin/run-admin.ts';

/** On standard error, so that the answer alone goes into a file. */
async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

// A line for those who deploy the SDK, not for those who read this terminal.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

process.exitCode = await runAdmin(process.argv.slice(2), {
  root: process.cwd(),
  now: () => new Date(),
  ask,
  print: console.log,
  printError: console.error,
});
