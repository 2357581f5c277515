/** `npm run init`: writes gatehouse.config.ts from a few answers, and puts the signing keys on record. */
import { createInterface } from 'node:readline/promises';
import { runInit } from './init/run-init.ts';

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

process.exitCode = await runInit(process.argv.slice(2), {
  root: process.cwd(),
  now: new Date(),
  ask,
  print: console.log,
  printError: console.error,
});
