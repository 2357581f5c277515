/**
 * `npm run test:api`: fails where docs/api/ is not what the doc comments say, or where something that the package exports has none.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from './differences.ts';
import { pagesOf } from './pages.ts';
import { pagesFolder } from './pages-folder.ts';
import { readProject } from './read-project.ts';
import { undocumented } from './undocumented.ts';

const project = readProject();
const names = existsSync(pagesFolder) ? readdirSync(pagesFolder) : [];
const stored = new Map(names.map((name) => [name, readFileSync(join(pagesFolder, name), 'utf8')]));
const problems = [
  ...undocumented(project).map((name) => `${name} has no doc comment`),
  ...differences(stored, pagesOf(project)).map((difference) => `docs/api/${difference}; run 'npm run report:api'`),
];
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0 ? `docs/api: ${stored.size} pages, all current` : `docs/api: ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
