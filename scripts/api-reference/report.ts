/** `npm run report:api`: writes docs/api/ from the doc comments of what the package exports. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pagesOf } from './pages.ts';
import { pagesFolder } from './pages-folder.ts';
import { readProject } from './read-project.ts';
import { undocumented } from './undocumented.ts';

const project = readProject();
rmSync(pagesFolder, { recursive: true, force: true });
mkdirSync(pagesFolder, { recursive: true });
for (const [name, text] of pagesOf(project)) writeFileSync(join(pagesFolder, name), text);
for (const name of undocumented(project)) console.error(`${name} has no doc comment`);
