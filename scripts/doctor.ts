/**
 * `npm run doctor`: every security setting in force, where it was set, who asks for it, and what is weak. It exits with 1 where something is
 * dangerous, which synth and the function refuse too.
 */
import { runDoctor } from './doctor/run-doctor.ts';

process.exitCode = await runDoctor(process.argv.slice(2), {
  root: process.cwd(),
  print: console.log,
  printError: console.error,
});
