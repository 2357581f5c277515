import { fileURLToPath } from 'node:url';

/** Where the reference is. */
export const pagesFolder = fileURLToPath(new URL('../../docs/api', import.meta.url));
