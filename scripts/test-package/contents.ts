import assert from 'node:assert/strict';
import { check } from './checks.ts';
import type { Package } from './package.ts';

const expected = /^(dist\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$|SECURITY\.md$)/;

export async function checkContents({ files }: Package): Promise<void> {
  await check('holds what is needed and no sources', () => {
    assert.deepEqual(
      files.filter((path) => !expected.test(path)),
      [],
    );
  });
}
