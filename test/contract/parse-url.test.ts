import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { parseUrl } from '../../contract/parse-url.ts';

test('gives the URL, also relative to a base, and nothing where there is none', () => {
  expect(parseUrl('https://a.example/x')?.href).toBe('https://a.example/x');
  expect(parseUrl('/x', 'https://a.example')?.href).toBe('https://a.example/x');
  for (const none of ['', 'x', '/x', 'https://', 'https://a b']) expect(parseUrl(none)).toBeUndefined();
});

test('says the same however often it is asked, as URL.canParse of Node 20 does not', () => {
  // In a process of its own: under jest the function is not compiled in time.
  const script = `
    import { parseUrl } from './contract/parse-url.ts';
    let wrong = 0;
    for (let i = 0; i < 100_000; i++) if (parseUrl('https://bücher.example')?.host !== 'xn--bcher-kva.example') wrong++;
    process.stdout.write(String(wrong));`;
  const options = ['--import', 'tsx', '--input-type=module', '--eval', script];
  expect(execFileSync(process.execPath, options, { encoding: 'utf8' })).toBe('0');
});
