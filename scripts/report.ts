/** `npm run report`: what happened lately in a stage, or in the stack of `npm start`, in a form that a person can read. */
import { runReport } from './report/run-report.ts';

process.exitCode = await runReport(process.argv.slice(2), {
  now: () => new Date(),
  print: console.log,
  printError: console.error,
});
