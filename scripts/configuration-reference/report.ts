/** `npm run report:configuration`: writes docs/configuration.md. */
import { writeFileSync } from 'node:fs';
import { configurationPage, pageFile } from './page.ts';

writeFileSync(new URL(`../../${pageFile}`, import.meta.url), configurationPage());
