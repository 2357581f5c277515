/**
 * `npm run keys`: steps of a rotation, as edits of gatehouse.config.ts and signing-keys.lock.json that are reviewed before they are
 * deployed; and `check`, whether verifiers see what these say.
 */
import { runKeys } from './keys/run-keys.ts';

process.exitCode = await runKeys(process.argv.slice(2), {
  root: process.cwd(),
  now: new Date(),
  print: console.log,
  printError: console.error,
});
