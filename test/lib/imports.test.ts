import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const files = readdirSync('lib', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => [name, readFileSync(`lib/${name}`, 'utf8')] as const);

test.each(files)('lib/%s works as CommonJS and keeps its distance from the functions', (name, source) => {
  const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, specifier]) => specifier!);
  for (const specifier of imported) {
    // The folder of the importer, a folder above it within lib/, or the contract.
    const outside = name.includes('/') ? '\\.\\./(?!\\.\\./)|\\.\\./\\.\\./contract/' : '\\.\\./contract/';
    expect(specifier).toMatch(new RegExp(`^(\\./|${outside}|node:|aws-cdk-lib(/|$)|constructs$|zod$|esbuild$)`));
  }
  if (name !== 'bundle.ts') expect(source).not.toContain('import.meta');
  expect(source).not.toMatch(/^(export const .*= )?await /m);
});

const modulesOf = (folder: string) =>
  readdirSync(folder).map((name) => [`${folder}/${name}`, readFileSync(`${folder}/${name}`, 'utf8')]);
/** Static and dynamic imports, and re-exports. */
const specifiersOf = (source: string) =>
  [...source.matchAll(/(?<![\w'-])(?:from|import|import\()\s*'([^']+)'/g)].map(([, name]) => name!);

test.each(modulesOf('verify'))('%s needs web standards, jose and the contract, and nothing else', (_, source) => {
  for (const specifier of specifiersOf(source!))
    expect(specifier).toMatch(/^(\.\/[\w-]+\.ts|\.\.\/contract\/[\w-]+\.ts|jose)$/);
});

test.each(modulesOf('client'))('%s needs web standards, what it shares with verify and the contract', (_, source) => {
  for (const specifier of specifiersOf(source!)) {
    expect(specifier).toMatch(
      /^(\.\/[\w-]+\.ts|\.\.\/contract\/[\w-]+\.ts|\.\.\/verify\/(base64url|option-error|strict-json|verifier-event)\.ts)$/,
    );
  }
});

test.each(modulesOf('contract'))('%s imports nothing from outside', (_, source) => {
  for (const specifier of specifiersOf(source!)) expect(specifier).toMatch(/^\.\/[\w-]+\.ts$/);
});
