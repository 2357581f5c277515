import { writeFileSync } from 'node:fs';
import { alarmsPage } from './alarms/page.ts';

writeFileSync('docs/alarms.md', alarmsPage());
