import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/identity.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-docs-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What stands in a constructor is a function here, with what the page takes for granted. */
function module(code: string): string {
  if (!/\bthis\b/.test(code)) return code;
  const imports = code.match(/^import .*$/gm) ?? [];
  const body = code.replaceAll(/^import .*$/gm, '');
  return [
    ...imports,
    "import type { IGrantable } from 'aws-cdk-lib/aws-iam';",
    "import type { Construct } from 'constructs';",
    'declare const authFunction: IGrantable;',
    `export function inConstructor(this: Construct) {${body}}`,
  ].join('\n');
}

test('the code of the page compiles', async () => {
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  const files = blocks.map((code, i) => {
    const name = `block-${i}.ts`;
    writeFileSync(join(folder, name), module(code));
    return name;
  });
  const paths = {
    'cdk-gatehouse': [join(root, 'lib/index.ts')],
    'cdk-gatehouse/identity': [join(root, 'lambda/identity/index.ts')],
  };
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions: { paths }, include: [], files }),
  );
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const compiled = promisify(execFile)(process.execPath, [tsc, '--project', folder]).catch(
    ({ stdout }: { stdout: string }) => ({ stdout }),
  );
  expect((await compiled).stdout).toBe('');
}, 120_000);

describe('the page names every code', () => {
  test.each([
    ['errors.ts', 'IdentityStoreErrorCode'],
    ['finding.ts', 'StoreFindingCode'],
  ])('of %s', (file, type) => {
    const source = readFileSync(join(root, 'lambda/identity', file), 'utf8');
    const [, union = ''] = source.split(`export type ${type} =`);
    const codes = union.split(';', 1)[0]!.match(/[A-Z_]{6,}/g) ?? [];
    expect(codes.length).toBeGreaterThan(5);
    for (const code of codes) expect(page).toContain(`\`${code}\``);
  });
});
