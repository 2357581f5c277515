/**
 * node time-init.mjs BUNDLE EVENT: milliseconds from the import of a bundle until it has answered its first event, on the
 * last line. Plain JavaScript, in a process of its own: no loader but Node's is in the way.
 */
import { pathToFileURL } from 'node:url';

const [bundle, event] = process.argv.slice(2);
const start = performance.now();
const { handler } = await import(pathToFileURL(bundle).href);
const { statusCode } = await handler(JSON.parse(event), {});
const milliseconds = performance.now() - start;
if (statusCode !== 200) throw new Error(`${bundle} answered ${statusCode}`);
process.stdout.write(`\n${milliseconds}\n`);
