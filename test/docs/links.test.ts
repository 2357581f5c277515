import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

const pages = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** As GitHub makes them: lower case, no punctuation, hyphens for spaces. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
const anchorsOf = (page: string): string[] =>
  [
    ...readFileSync(page, 'utf8')
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, heading]) => anchorOf(heading!));

test.each(pages)('every relative link of %s leads somewhere', (page) => {
  const targets = [...withoutCode(readFileSync(page, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target]) => target!,
  );
  const broken = targets
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/.test(target))
    .filter((target) => {
      const [path, anchor] = target.split('#') as [string, string?];
      const file = path ? join(dirname(page), path) : page;
      if (!existsSync(file)) return true;
      return anchor !== undefined && !(statSync(file).isFile() && anchorsOf(file).includes(anchor));
    });
  expect(broken).toEqual([]);
});

test('the index links every page', () => {
  const index = readFileSync('docs/README.md', 'utf8');
  const own = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');
  expect(own.filter((name) => !index.includes(`(${name})`))).toEqual([]);
});
