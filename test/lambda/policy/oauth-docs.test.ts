import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { compileErrors } from '../../support/compile.ts';

const pages = ['social-sign-in', 'second-factors', 'plugins'];

/** Packages that only `npm run test:plugins` installs. */
const declarations = `declare module '@better-auth/passkey' {
  import type { BetterAuthPlugin } from 'better-auth';
  export function passkey(options: { rpID: string; rpName: string; origin: string }): BetterAuthPlugin;
}`;

const blocks = Object.fromEntries(
  pages.map((page) => {
    const text = readFileSync(`docs/${page}.md`, 'utf8');
    const found = [...text.matchAll(/^( *)```ts\n([\s\S]*?)^ *```$/gm)].map(([, , code]) => code!);
    const source = found.join('\n').replaceAll("'./auth-options.ts'", `'${resolve('lambda/auth/auth-options.ts')}'`);
    return [page, source];
  }),
);

test('the TypeScript of the pages compiles as it stands', async () => {
  for (const source of Object.values(blocks)) expect(source).not.toBe('');
  expect(await compileErrors(blocks, declarations, { packages: true })).toEqual(
    Object.fromEntries(pages.map((page) => [page, []])),
  );
});
