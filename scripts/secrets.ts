/** `npm run secrets`: rotates Better Auth's secret without signing anybody out. */
import { runSecrets } from './secrets/run-secrets.ts';

process.exitCode = await runSecrets(process.argv.slice(2), {
  now: new Date(),
  print: console.log,
  printError: console.error,
});
