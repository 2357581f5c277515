import { writeFileSync } from 'node:fs';

// What the functions run under, and set before anything reads it.
process.env.NODE_ENV = 'production';
const { costsPage } = await import('./costs/page.ts');
writeFileSync('docs/costs.md', await costsPage());
