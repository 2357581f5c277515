/** `npm run report:key-policy`: writes docs/key-policy.md. */
import { writeFileSync } from 'node:fs';
import { keyPolicyPage, pageFile } from './page.ts';

writeFileSync(new URL(`../../../${pageFile}`, import.meta.url), await keyPolicyPage());
