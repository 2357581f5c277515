import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { copyRepository } from '../../scripts/walks/copy-repository.ts';
import { deploy } from '../../scripts/walks/deploy.ts';
import { embed } from '../../scripts/walks/embed.ts';
import { fork } from '../../scripts/walks/fork.ts';
import { scriptOf } from '../../scripts/walks/script.ts';
import type { Walk } from '../../scripts/walks/walk.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-walks-'));
afterAll(() => rmSync(scratch, { recursive: true }));

test.each([deploy, fork, embed({ tarball: '/packed.tgz' })])(
  '$name: the pages still have what the walk follows, and nothing that it neither follows nor leaves out',
  (walk) => {
    expect(scriptOf(resolve('.'), walk)).toContain(`--- ${walk.pages[0]!.file}: ${walk.pages[0]!.sections[0]}`);
  },
);

describe('a walk', () => {
  const page = [
    ...['# Page', '## Begin', '```sh', 'NAME=ada', '```', '`app.ts`, with a line:', '', '```ts', 'run($HOME);', '```'],
    ...[
      '```ts',
      'nobody names this one',
      '```',
      '## End',
      '1. In a list:',
      '',
      '   ```sh',
      '   echo $NAME',
      '   ```',
      '',
    ],
  ].join('\n');
  writeFileSync(join(scratch, 'page.md'), page);
  const walk = (given: Partial<Walk>, leftOut = {}, sections = ['Begin', 'End']): string =>
    scriptOf(scratch, {
      ...{ name: 'test', from: 'nothing', account: false, substitutions: [], after: 'cat app.ts', ...given },
      pages: [{ file: 'page.md', sections, leftOut }],
    });
  const run = (script: string) =>
    execFileSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: scratch, encoding: 'utf8' });

  test('runs commands as they stand, in one shell, and writes the files that the page names', () => {
    expect(run(walk({}))).toMatch(/--- page.md: End\nada\n--- what came of it\nrun\(\$HOME\);\n$/);
  });

  test('replaces what it says it replaces', () => {
    expect(run(walk({ substitutions: [{ from: 'NAME=ada', to: 'NAME=eve', reason: '' }] }))).toContain('\neve\n');
    expect(() => walk({ substitutions: [{ from: 'NAME=bob', to: '', reason: '' }] })).toThrow("'NAME=bob'");
  });

  test('does not pass over a section unsaid, nor name one that is gone', () => {
    expect(() => walk({}, {}, ['Begin'])).toThrow("section 'End' has commands");
    expect(walk({}, { End: 'for a reason' }, ['Begin'])).not.toContain('echo $NAME');
    expect(() => walk({}, { Gone: '' })).toThrow("no section 'Gone'");
  });

  test('ends at the first command that fails', () => {
    expect(() => run(walk({ before: 'false' }))).toThrow();
  });
});

test('a copy of the repository has files that are not committed, and no link, through which a walk would install elsewhere', () => {
  const [from, to] = [join(scratch, 'from'), join(scratch, 'to')];
  mkdirSync(join(from, 'real'), { recursive: true });
  execFileSync('git', ['init', '--quiet', from]);
  writeFileSync(join(from, 'new.ts'), '');
  writeFileSync(join(from, '.gitignore'), 'node_modules/\nreal/\n');
  symlinkSync(join(from, 'real'), join(from, 'node_modules'));
  copyRepository(from, to);
  expect(existsSync(join(to, 'new.ts'))).toBe(true);
  expect(existsSync(join(to, 'node_modules'))).toBe(false);
});
