import { describe, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { bundledPackages } from '../../scripts/release/bundled-packages.ts';
import { fileList } from '../../scripts/release/files.ts';
import { sbomOf } from '../../scripts/release/sbom.ts';

const output = (inputs: Record<string, number>): Metafile['outputs'][string] => ({
  bytes: 0,
  imports: [],
  exports: [],
  inputs: Object.fromEntries(Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }])),
});

describe('the bill of materials', () => {
  const own = { name: 'cdk-gatehouse', version: '1.2.3', license: 'MIT' };
  const packages = {
    'node_modules/@noble/hashes': { version: '2.0.0', integrity: 'sha512-AAEC', license: 'MIT' },
    'node_modules/a/node_modules/b': { version: '3.0.0', license: '(MIT OR Apache-2.0)' },
  };

  test('has what is in a bundle, in any depth and from any folder, and not what was read and left out', () => {
    const outputs = {
      'index.mjs': output({
        'lambda/auth/handler.ts': 9,
        'node_modules/@noble/hashes/sha2.js': 5,
        'node_modules/zod/index.js': 0,
      }),
      'chunk.mjs': output({ '../../elsewhere/node_modules/a/node_modules/b/deep/index.js': 1 }),
    };
    expect(bundledPackages([{ inputs: {}, outputs }])).toEqual(Object.keys(packages));
  });

  test('names each by version, digest and licence, with no time and no serial number', () => {
    const sbom = sbomOf(own, { packages }, Object.keys(packages));
    expect(sbom.components).toEqual([
      {
        'bom-ref': '@noble/hashes@2.0.0',
        type: 'library',
        name: '@noble/hashes',
        version: '2.0.0',
        purl: 'pkg:npm/%40noble/hashes@2.0.0',
        hashes: [{ alg: 'SHA-512', content: '000102' }],
        licenses: [{ license: { id: 'MIT' } }],
      },
      expect.objectContaining({ 'bom-ref': 'b@3.0.0', licenses: [{ expression: '(MIT OR Apache-2.0)' }] }),
    ]);
    expect(sbom.dependencies).toEqual([{ ref: 'cdk-gatehouse@1.2.3', dependsOn: ['@noble/hashes@2.0.0', 'b@3.0.0'] }]);
    expect(JSON.stringify(sbom)).not.toMatch(/timestamp|serialNumber/);
  });

  test('refuses a package that the lock file does not have', () => {
    expect(() => sbomOf(own, { packages }, ['node_modules/stranger'])).toThrow("'node_modules/stranger' is bundled");
  });
});

test('the list of files has no hashes, and one line for the declarations of a folder', () => {
  const paths = [
    'dist/lambda/auth/chunks/dist-es-ABCD2345.mjs',
    'dist/esm/types/lib/a.d.ts',
    'dist/esm/types/lib/b/c.d.ts',
  ];
  expect(fileList([...paths, 'README.md'])).toEqual([
    'README.md',
    'dist/esm/types/lib/…',
    'dist/lambda/auth/chunks/dist-es-*.mjs',
  ]);
});
