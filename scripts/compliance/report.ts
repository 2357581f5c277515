/** `npm run report:compliance`: writes docs/compliance.md. */
import { writeFileSync } from 'node:fs';
import { compliancePage, pageFile } from './page.ts';

writeFileSync(new URL(`../../${pageFile}`, import.meta.url), compliancePage());
