import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { config, devKeys, keys, lockFile, minutes, root, scratchKeys, writeConfig } from './scratch-keys.ts';

scratchKeys();

describe('refuses', () => {
  test.each<[string, RegExp]>([
    ['add --stage dev --id a', /id 'a' is taken by a key that is active; an id is never used again/],
    ['activate x --stage dev', /^NOT_FOUND: there is no key 'x'; there are 'a', 'b'/],
    ['activate a --stage dev', /key 'a' is active/],
    ['retire a --stage dev', /key 'a' is the only active key/],
    ['retire b --stage dev', /key 'b' is next; only an active key retires/],
    ['retire a --stage prod', /the default, would be one for RS256 instead of ES256/],
    ['drop a --stage dev --emergency now', /key 'a' is active; activate another one first/],
    ['init --stage dev', /keys are on record already/],
  ])('%s', async (command, message) => {
    const before = [config(), readFileSync(lockFile(), 'utf8')];
    const { code, errors } = await keys(command);
    expect(code).toBe(1);
    expect(errors).toMatch(message);
    expect([config(), readFileSync(lockFile(), 'utf8')]).toEqual(before);
  });

  test('files that disagree, until they agree', async () => {
    writeConfig(config().replace("'next'", "'retiring'"));
    const { code, errors } = await keys('add --stage dev');
    expect(code).toBe(1);
    expect(errors).toMatch(
      /have to agree first: key 'b' is 'retiring' in the configuration and 'next' in the lock file/,
    );
    expect(await keys('list --stage dev')).toMatchObject({
      code: 1,
      output: expect.stringContaining("refused at synth: key 'b'"),
    });
  });

  test('an activation that would change the default algorithm', async () => {
    const [a, r] = [
      "{ id: 'a', algorithm: 'ES256', state: 'active' }",
      "{ id: 'r', algorithm: 'RS256', state: 'active' }",
    ];
    writeConfig(config().replace(`[${a}, ${r}]`, `[${a}, ${r}, { id: 'a2', algorithm: 'ES256', state: 'next' }]`));
    rmSync(lockFile());
    await keys('init --stage prod');
    minutes(170);
    const { code, errors } = await keys('activate a2 --stage prod');
    expect({ code, errors }).toEqual({
      code: 1,
      errors: expect.stringContaining('the default, would be one for RS256 instead of ES256'),
    });
  });

  test('a stage without keys on record', async () => {
    rmSync(lockFile());
    expect((await keys('add --stage dev')).errors).toMatch(
      /^REFUSED: no keys are on record; run 'npm run keys -- init --stage dev' first/,
    );
  });

  test('a lock file that is damaged', async () => {
    writeFileSync(lockFile(), '{');
    expect((await keys('list')).errors).toMatch(/^REFUSED: signing-keys\.lock\.json is not valid JSON/);
  });
});

test.each([
  ['', /a command is missing/],
  ['rotate', /command 'rotate' is not allowed; allowed are list, check, init, add/],
  ['activate', /activate needs the id of a key/],
  ['add', /--stage is missing; the configuration has dev, prod/],
  ['add x', /'x' is not expected after add/],
  ['add --stage test', /--stage 'test' is not allowed; allowed are dev, prod/],
  ['add --stage dev --algorithm HS256', /--algorithm 'HS256' is not allowed; allowed are ES256/],
  ['add --stage dev --url http://localhost:3000', /--url is not an option of add/],
  ['check --stage dev', /--url is missing: stage 'dev' names no domain/],
  ['check --stage dev --url localhost', /baseUrl 'localhost' is not a URL/],
  ['check --stage prod --url http://auth.example.com', /must use https in stage 'prod'/],
  ['check a --stage dev', /'a' is not expected after check/],
  ['retire a --emergency now', /--emergency is not an option of retire/],
  ["drop a --emergency ''", /--emergency needs the reason/],
  ['list --all', /Unknown option '--all'/],
])('answers wrong arguments %j with the usage and exit code 2', async (command, message) => {
  const { code, errors } = await keys(command);
  expect(code).toBe(2);
  expect(errors).toMatch(message);
});

describe('a configuration that cannot be edited', () => {
  test.each<[string, string, RegExp]>([
    ['keys from elsewhere', 'signingKeys: keys,', /'signingKeys' is no array literal/],
    [
      'a spread',
      "signingKeys: [...keys, { id: 'a', algorithm: 'ES256', state: 'active' }],",
      /an element that is no object literal/,
    ],
    [
      'a computed state',
      "signingKeys: [{ id: 'a', algorithm: 'ES256', state }],",
      /whose 'state' is no string literal/,
    ],
    ['no keys', '', /'signingKeys' is missing/],
  ])('for %s is left alone, and the lines to write are shown', async (_, text, reason) => {
    writeConfig(config().replace(/signingKeys: \[\n[\s\S]*?\n {6}\],/, text));
    const before = config();
    const { code, errors } = await keys('add --stage dev');
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringMatching(reason) });
    expect(config()).toBe(before);
  });

  test('two keys on a line', async () => {
    writeConfig(config().replace(/ \/\/ signs\n\s*/, ' '));
    minutes(170);
    await keys('activate b --stage dev');
    minutes(60);
    const { code, errors } = await keys('drop a --stage dev');
    expect(code).toBe(1);
    expect(errors).toContain(
      "Run the command again with --lock-only, and write into stage 'dev' of gatehouse.config.ts:\nsigningKeys: [\n  { id: 'b', algorithm: 'ES256', state: 'active' },\n],",
    );
    expect((await keys('drop a --stage dev --lock-only')).code).toBe(0);
    expect(devKeys()[0]!.state).toBe('dropped');
  });
});

test('--json is for programs, on both streams', async () => {
  const [dev] = JSON.parse((await keys('list --stage dev --json')).output);
  expect(dev).toMatchObject({
    stage: 'dev',
    region: 'any',
    keys: [{ id: 'a' }, { id: 'b', nextStep: { command: 'activate', from: '2026-11-23T14:50:00.000Z' } }],
    problems: [],
  });
  expect(JSON.parse((await keys('drop a --stage dev --json')).errors)).toEqual({
    code: 'REFUSED',
    message: expect.any(String),
  });
});

test('the command itself runs in the folder of the configuration, and its exit code is what happened', async () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), resolve('scripts/keys.ts'), ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
  const { error, status } = run('list');
  expect({ error, status }).toEqual({ error: undefined, status: 0 });
});
