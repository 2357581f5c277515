/** `npm run report:least-privilege`: writes docs/least-privilege.md. */
import { writeFileSync } from 'node:fs';
import { leastPrivilegePage, pageFile } from './page.ts';

writeFileSync(new URL(`../../${pageFile}`, import.meta.url), await leastPrivilegePage());
