import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const files = readdirSync('lib').map((name) => [name, readFileSync(`lib/${name}`, 'utf8')] as const);

test.each(files)('lib/%s works as CommonJS and keeps its distance from the functions', (name, source) => {
  const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, specifier]) => specifier!);
  for (const specifier of imported) {
    expect(specifier).toMatch(/^(\.\/|\.\.\/contract\/|node:|aws-cdk-lib(\/|$)|constructs$|zod$|esbuild$)/);
  }
  if (name !== 'bundle.ts') expect(source).not.toContain('import.meta');
  expect(source).not.toMatch(/^(export const .*= )?await /m);
});
