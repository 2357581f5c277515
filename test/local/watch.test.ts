import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Watcher, watchSources } from '../../local/watch.ts';
import { eventually } from './processes.ts';

let root: string;
let watchers: Watcher[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-watch-'));
  mkdirSync(join(root, 'lambda/auth'), { recursive: true });
  mkdirSync(join(root, 'contract'));
  watchers = [];
});
afterEach(() => {
  for (const watcher of watchers) watcher.stop();
  rmSync(root, { recursive: true });
});

/** The changes that a watcher reports; it stays busy with each for as long as `work` lasts. */
function watch(work: () => Promise<void> = async () => {}): string[][] {
  const changes: string[][] = [];
  const onChange = (paths: string[]) => {
    changes.push(paths.sort());
    return work();
  };
  watchers.push(watchSources(root, { folders: ['lambda', 'contract'], files: ['lock.json'] }, onChange));
  return changes;
}
const write = (path: string) => writeFileSync(join(root, path), '');

test('files that change together are one change; what is no code is none', async () => {
  const changes = watch();
  write('lambda/auth/notes.md');
  write('lambda/auth/options.ts');
  write('contract/routes.ts');
  await eventually(() => changes.length > 0);
  expect(changes).toEqual([['contract/routes.ts', 'lambda/auth/options.ts']]);
});

test('a named file is watched, also when it is replaced; its neighbours are not', async () => {
  const changes = watch();
  write('other.json');
  write('lock.json.next');
  renameSync(join(root, 'lock.json.next'), join(root, 'lock.json'));
  await eventually(() => changes.length > 0);
  expect(changes).toEqual([['lock.json']]);
});

test('what changes during a reload is taken up after it, not beside it', async () => {
  let finish = () => {};
  const changes = watch(() => new Promise((resolve) => (finish = resolve)));
  write('lambda/one.ts');
  await eventually(() => changes.length === 1);
  // A second watcher, which is never busy, shows when the first one has noticed too.
  const noticed = watch();
  write('lambda/two.ts');
  await eventually(() => noticed.length === 1);
  expect(changes).toEqual([['lambda/one.ts']]);
  finish();
  await eventually(() => changes.length === 2);
  expect(changes[1]).toEqual(['lambda/two.ts']);
  finish();
});
