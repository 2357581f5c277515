/** `npm run report:events`: writes docs/events.md. */
import { writeFileSync } from 'node:fs';
import { eventsPage, pageFile } from './page.ts';

writeFileSync(new URL(`../../${pageFile}`, import.meta.url), eventsPage());
