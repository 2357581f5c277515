/** `npm run networks`: the lists of suspicious and of admin networks in the rate-limit table of a stage, in force within a minute. */
import { runNetworks } from './networks/run-networks.ts';

process.exitCode = await runNetworks(process.argv.slice(2), {
  now: new Date(),
  print: console.log,
  printError: console.error,
});
