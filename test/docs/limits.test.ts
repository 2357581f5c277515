import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { limitDefaults } from '../../contract/limit-defaults.ts';
import { defaultPaths, defaultWhenUnavailable } from '../../lambda/limits/default-limits.ts';
import type { Limit } from '../../lambda/limits/limit-options.ts';
import { compileErrors } from '../support/compile.ts';

const page = readFileSync('docs/limits.md', 'utf8');

/** Cells of the rows of the table that has this head. */
function rowsUnder(head: RegExp): string[][] {
  const lines = page.split('\n');
  const at = lines.findIndex((line) => head.test(line));
  const end = lines.findIndex((line, index) => index > at && !line.startsWith('|'));
  return lines.slice(at + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('the code on the page compiles', async () => {
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
    ([, code], at) => [`limits-${at}`, code!] as const,
  );
  expect(blocks.length).toBe(4);
  expect(await compileErrors(Object.fromEntries(blocks), '', { packages: true })).toEqual(
    Object.fromEntries(blocks.map(([name]) => [name, []])),
  );
});

test('the table of limits is what is in force', () => {
  const shown = (path: string, limit: Limit) => [
    path,
    String(limit.max),
    `${limit.window} s`,
    (limit.key ?? ['source']).join(' and '),
    limit.count ?? 'requests',
  ];
  const expected = Object.entries(defaultPaths).flatMap(([path, limits]) =>
    limits === false
      ? [[`\`${path}\``, 'none', '', '', '']]
      : [limits].flat().map((limit) => shown(`\`${path}\``, limit as Limit)),
  );
  expected.push(shown('all others, together', limitDefaults.default));
  expect(rowsUnder(/^\| path +\| limit/)).toEqual(expected);
  const { window, max } = limitDefaults.mail;
  expect(page).toContain(`Mails of one kind to one address: ${max} in ${window} s.`);
  for (const path of Object.keys(defaultWhenUnavailable)) expect(page).toContain(`\`${path}\``);
});

test('every setting is on the page', () => {
  const names = rowsUnder(/^\| setting +\| default/).map(([name]) => name!.replaceAll('`', ''));
  const source = readFileSync('lambda/limits/limit-options.ts', 'utf8').split('export interface LimitOptions')[1]!;
  const fields = [...source.split('\n}')[0]!.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  expect(fields.length).toBeGreaterThan(5);
  expect(names).toEqual(fields);
});
