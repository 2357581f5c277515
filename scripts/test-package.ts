/**
 * `npm run test:package`: packs the package and uses it as a stranger would, in scratch folders: single apps, ES modules and CommonJS,
 * type-checked; an app with Better Auth options of its own; and every app of examples/, with npm and with pnpm. Names of groups as
 * arguments run those alone.
 */
import { summary } from './test-package/checks.ts';
import { checkConstructs } from './test-package/constructs.ts';
import { checkContents } from './test-package/contents.ts';
import { checkEntries } from './test-package/entries.ts';
import { checkExamples } from './test-package/examples/check-examples.ts';
import { inParallel } from './test-package/in-parallel.ts';
import { checkOwnOptions } from './test-package/own-options.ts';
import { pack, scratchFolder } from './test-package/package.ts';
import { checkWeb } from './test-package/web.ts';

const scratch = scratchFolder();
const packed = await pack(scratch);
const { tarball } = packed;
const groups = {
  'examples-npm': () => checkExamples(scratch, tarball, 'npm'),
  'examples-pnpm': () => checkExamples(scratch, tarball, 'pnpm'),
  options: async () => checkEntries(await checkOwnOptions(scratch, tarball)),
  constructs: () => checkConstructs(scratch, tarball),
  web: () => checkWeb(scratch, tarball),
  contents: () => checkContents(packed),
};
const only = process.argv.slice(2);
const unknown = only.filter((name) => !(name in groups));
if (unknown.length > 0) throw new Error(`no group '${unknown[0]}'; there are ${Object.keys(groups).join(', ')}`);
const tasks = Object.entries(groups).filter(([name]) => only.length === 0 || only.includes(name));
await inParallel(
  2,
  tasks.map(([, task]) => task),
);
process.exitCode = summary() ? 0 : 1;
