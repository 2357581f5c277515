/**
 * Holds the options file to the rules while a template is made, so that what the function would refuse at init is refused at synth: reads
 * a `Deployment` from standard input, and writes the problems as the last line of standard output, both as JSON. Never deployed.
 */
import { readFileSync } from 'node:fs';
import options from 'gatehouse-auth-options';
import { optionProblems } from '../../contract/check-settings.ts';
import type { Deployment } from '../../contract/deployment.ts';

const deployment = JSON.parse(readFileSync(0, 'utf8')) as Deployment;
process.stdout.write(`\n${JSON.stringify(optionProblems(options, deployment))}\n`);
