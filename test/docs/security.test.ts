import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** How many requirements each section of the three chapters has, in OWASP ASVS 5.0.0. */
const sections: readonly [section: string, requirements: number][] = [
  ['6.1', 3],
  ['6.2', 12],
  ['6.3', 8],
  ['6.4', 6],
  ['6.5', 8],
  ['6.6', 4],
  ['6.7', 2],
  ['6.8', 4],
  ['7.1', 3],
  ['7.2', 4],
  ['7.3', 2],
  ['7.4', 5],
  ['7.5', 3],
  ['7.6', 2],
  ['9.1', 3],
  ['9.2', 4],
];
const required = sections.flatMap(([section, count]) =>
  Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
);

const page = readFileSync('docs/security.md', 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const [id, asks, state, text] = line.split('|').slice(1, -1) as [string, string, string, string];
    return { id: id.trim(), asks: asks.trim(), state: state.trim(), text: text.trim() };
  });

/** `path` “name of a test in it”, “another one” */
const quoted = [...page.matchAll(/`([^`]+)`((?:,? “[^”]+”)+)/g)].flatMap(([, path, names]) =>
  [...names!.matchAll(/“([^”]+)”/g)].map(([, name]) => [path!, name!] as const),
);
const paths = [...page.matchAll(/`((?:lambda|lib|contract|verify|client|test|examples|scripts)\/[^`\s]+)`/g)].map(
  ([, path]) => path!,
);

test('every requirement of the three chapters has one row, in their order', () => {
  expect(rows.map(({ id }) => id)).toEqual(required);
});

test.each(rows)('$id says what it asks, whether it is met, and what shows it', ({ asks, state, text }) => {
  expect(asks).not.toBe('');
  expect(['met', 'if set', 'partly', 'not met', 'does not apply']).toContain(state);
  // What nothing here shows, the row says in words.
  if (state === 'met' || state === 'if set') expect(text).toMatch(/“|\]\(|^There (is|are) no |^By Better Auth/);
  else expect(text).toMatch(/^[A-Z].{20,}/);
});

test('every path is there', () => {
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});

test('every quotation is the name of a test in the file that stands before it', () => {
  expect(page.match(/“/g)).toHaveLength(quoted.length);
  const literal = (name: string) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // The first argument of a test, or the first field of its row in a table.
  const isTitle = ([path, name]: readonly [string, string]) =>
    new RegExp(`[([]\\s*(['"\`])${literal(name)}\\1,`).test(readFileSync(path, 'utf8'));
  expect(quoted.length).toBeGreaterThan(50);
  expect(quoted.filter((each) => !isTitle(each))).toEqual([]);
});

test('the security policy links the page', () => {
  expect(readFileSync('SECURITY.md', 'utf8')).toContain('(docs/security.md)');
});
