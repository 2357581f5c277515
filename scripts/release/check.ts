/**
 * `npm run test:release`: builds and packs the package in two folders, and fails where the two differ by a byte, where the files are not
 * those of scripts/release/files.txt, or where the package is larger than its budget. `--update` writes the list.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIn } from './build-in.ts';
import { fileList, sizeBudget } from './files.ts';

const listFile = new URL('files.txt', import.meta.url);
const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-release-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const first = buildIn(join(scratch, 'a'), { TZ: 'UTC', LC_ALL: 'C' });
const second = buildIn(join(scratch, 'another/folder'), { TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8' });
const list = `${fileList(first.paths).join('\n')}\n`;
if (process.argv.includes('--update')) writeFileSync(listFile, list);

const problems = [
  ...(first.sha256 === second.sha256 ? [] : [`two builds differ: ${first.sha256} and ${second.sha256}`]),
  ...differences(readFileSync(listFile, 'utf8').split('\n'), list.split('\n')),
  ...(first.size <= sizeBudget ? [] : [`the package has ${first.size} bytes; allowed are ${sizeBudget}`]),
];
for (const problem of problems) console.error(problem);
console.log(`${first.sha256}  ${first.paths.length} files, ${first.size} of ${sizeBudget} bytes`);
process.exitCode = problems.length === 0 ? 0 : 1;

function differences(pinned: readonly string[], found: readonly string[]): string[] {
  const how = "if that is meant: 'npm run test:release -- --update'";
  return [
    ...found.filter((name) => !pinned.includes(name)).map((name) => `${name} is new in the package; ${how}`),
    ...pinned.filter((name) => !found.includes(name)).map((name) => `${name} is missing from the package; ${how}`),
  ];
}
