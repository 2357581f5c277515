import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parseSigningKeyLock } from '../../lib/signing-key-lock.ts';
import { runKeys } from '../../scripts/keys/run-keys.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const start = Date.UTC(2026, 10, 23, 12);
let root: string;
let clock: number;

beforeEach(async () => {
  root = mkdtempSync(join(scratch, 'root-'));
  clock = start;
  writeConfig(`import { defineConfig } from './lib/index.ts';

// Ours — with é, so that characters are not bytes.
export default defineConfig({
  stages: {
    dev: {
      mail: { from: 'no-reply@dev.example.com' },
      signingKeys: [
        // the first
        { id: 'a', algorithm: 'ES256', state: 'active' }, // signs
        { id: 'b', algorithm: 'ES256', state: 'next' }, // stands by
      ],
    },
    prod: {
      region: 'eu-west-1',
      mail: { from: 'no-reply@example.com' },
      signingKeys: [{ id: 'a', algorithm: 'ES256', state: 'active' }, { id: 'r', algorithm: 'RS256', state: 'active' }],
    },
  },
});
`);
  await keys('init --stage dev');
  await keys('init --stage prod');
});

const configFile = () => join(root, 'gatehouse.config.ts');
const lockFile = () => join(root, 'signing-keys.lock.json');
const config = () => readFileSync(configFile(), 'utf8');
const lock = () => parseSigningKeyLock(readFileSync(lockFile(), 'utf8'));
const devKeys = () => lock().stages.dev!.any!;
const writeConfig = (text: string) => writeFileSync(configFile(), text);
const minutes = (count: number) => {
  clock += count * 60_000;
};

/** The command, in a scratch folder and with the test's clock; what stands in quotes is one argument. */
async function keys(command: string) {
  const output: string[] = [];
  const errors: string[] = [];
  const argv = (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''));
  const code = await runKeys(argv, {
    root,
    now: new Date(clock),
    print: (text) => output.push(text),
    printError: (text) => errors.push(text),
  });
  return { code, output: output.join('\n'), errors: errors.join('\n') };
}

/** The lines of the configuration that changed, as a diff shows them. */
function diff(before: string): string[] {
  const [old, now] = [before.split('\n'), config().split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line.trim()}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line.trim()}`),
  ];
}

test('a whole rotation is a diff of a few lines, step by step', async () => {
  const original = config();
  minutes(170);
  expect((await keys('activate b --stage dev')).code).toBe(0);
  expect(diff(original)).toEqual([
    "- { id: 'a', algorithm: 'ES256', state: 'active' }, // signs",
    "- { id: 'b', algorithm: 'ES256', state: 'next' }, // stands by",
    "+ { id: 'a', algorithm: 'ES256', state: 'retiring' }, // signs",
    "+ { id: 'b', algorithm: 'ES256', state: 'active' }, // stands by",
  ]);

  const activated = config();
  expect(await keys('add --stage dev')).toMatchObject({ code: 0, output: expect.stringContaining('2026-11-a') });
  expect(diff(activated)).toEqual(["+ { id: '2026-11-a', algorithm: 'ES256', state: 'next' },"]);

  minutes(60);
  expect((await keys('drop a --stage dev')).code).toBe(0);
  expect(config()).toContain(`      signingKeys: [
        // the first
        { id: 'b', algorithm: 'ES256', state: 'active' }, // stands by
        { id: '2026-11-a', algorithm: 'ES256', state: 'next' },
      ],`);
  expect(devKeys()).toEqual([
    {
      id: 'a',
      algorithm: 'ES256',
      state: 'dropped',
      since: {
        active: '2026-11-23T12:00:00.000Z',
        retiring: '2026-11-23T14:50:00.000Z',
        dropped: '2026-11-23T15:50:00.000Z',
      },
    },
    {
      id: 'b',
      algorithm: 'ES256',
      state: 'active',
      since: { next: '2026-11-23T12:00:00.000Z', active: '2026-11-23T14:50:00.000Z' },
    },
    { id: '2026-11-a', algorithm: 'ES256', state: 'next', since: { next: '2026-11-23T14:50:00.000Z' } },
  ]);
  expect(await keys('list')).toMatchObject({ code: 0, errors: '' });
});

describe('a step that comes too early is refused with the time, and changes nothing', () => {
  test.each<[string, number, string]>([
    [
      'activate b',
      169,
      "key 'b' may be activated from 2026-11-23T14:50:00.000Z on; it was published at 2026-11-23T12:00:00.000Z",
    ],
    [
      'drop a',
      229,
      "key 'a' may be dropped from 2026-11-23T15:50:00.000Z on; it is retiring since 2026-11-23T14:50:00.000Z",
    ],
  ])('%s', async (command, wait, message) => {
    if (command.startsWith('drop')) {
      minutes(170);
      await keys('activate b --stage dev');
    }
    clock = start + wait * 60_000;
    const before = [config(), readFileSync(lockFile(), 'utf8')];
    const { code, errors } = await keys(`${command} --stage dev`);
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining(`REFUSED: ${message}`) });
    expect([config(), readFileSync(lockFile(), 'utf8')]).toEqual(before);
    minutes(1);
    expect((await keys(`${command} --stage dev`)).code).toBe(0);
  });

  test('by waits that the configuration sets', async () => {
    writeConfig(config().replace('dev: {', 'dev: {\n      keyPublishWaitMinutes: 10,'));
    minutes(10);
    expect((await keys('activate b --stage dev')).code).toBe(0);
  });

  test('by the old wait a step was not too early, once a raised one has run out too', async () => {
    minutes(170);
    await keys('activate b --stage dev');
    writeConfig(
      config().replace('dev: {', 'dev: {\n      keyPublishWaitMinutes: 300,\n      keyDropWaitMinutes: 300,'),
    );
    expect((await keys('add --stage dev')).errors).toContain("key 'b' became active at 2026-11-23T14:50:00.000Z");
    minutes(130);
    expect(await keys('add --stage dev')).toMatchObject({ code: 0, errors: '' });
    expect(await keys('list --stage dev')).toMatchObject({ code: 0 });
  });
});

test('an emergency is two commands and one deployment, with its reasons on record', async () => {
  expect((await keys("activate b --stage dev --emergency 'key a leaked'")).code).toBe(0);
  expect((await keys("drop a --stage dev --emergency 'key a leaked'")).code).toBe(0);
  expect(devKeys().map(({ state, emergency }) => [state, emergency])).toEqual([
    ['dropped', { dropped: 'key a leaked' }],
    ['active', { active: 'key a leaked' }],
  ]);
  expect((await keys('list --stage dev')).code).toBe(0);
});

test('a second algorithm comes beside the first, in Regions of their own, and inline lists stay inline', async () => {
  expect((await keys('add --stage prod --id a2')).code).toBe(0);
  expect(config()).toContain(
    "signingKeys: [{ id: 'a', algorithm: 'ES256', state: 'active' }, { id: 'a2', algorithm: 'ES256', state: 'next' }, { id: 'r', algorithm: 'RS256', state: 'active' }],",
  );
  expect(Object.keys(lock().stages.prod!)).toEqual(['eu-west-1']);
  minutes(170);
  expect((await keys('activate a2 --stage prod')).code).toBe(0);
  expect((await keys('retire r --stage prod')).code).toBe(0);
  minutes(60);
  expect((await keys('drop r --stage prod')).code).toBe(0);
  expect((await keys('drop a --stage prod')).code).toBe(0);
  expect(config()).toContain("signingKeys: [{ id: 'a2', algorithm: 'ES256', state: 'active' }],");
});

describe('a stage with Regions of its own on record', () => {
  const section = (region: string) => lock().stages.dev![region]!.map(({ id, state }) => `${id} ${state}`);

  beforeEach(async () => {
    rmSync(lockFile());
    await keys('init --stage dev --region eu-west-1');
    minutes(1);
    expect((await keys('init --stage dev --region us-east-1')).code).toBe(0);
    minutes(170);
  });

  test('takes each step in all of them at once, with an id that is free in all, and lists all', async () => {
    expect((await keys('activate b --stage dev')).code).toBe(0);
    expect((await keys('drop a --stage dev --emergency now --region eu-west-1')).code).toBe(0);
    expect((await keys('drop a --stage dev --emergency now --region us-east-1')).code).toBe(0);
    expect((await keys('add --stage dev')).code).toBe(0);
    const expected = ['a dropped', 'b active', '2026-11-a next'];
    expect([section('eu-west-1'), section('us-east-1')]).toEqual([expected, expected]);
    const { code, output } = await keys('list --stage dev');
    expect(code).toBe(0);
    expect(output).toMatch(/^dev \(Region: eu-west-1\)[\s\S]*^dev \(Region: us-east-1\)/m);
  });

  test('takes it one after the other, with the configuration changed by the first', async () => {
    expect((await keys('activate b --stage dev --region eu-west-1')).code).toBe(0);
    const after = config();
    expect(after).toContain("{ id: 'b', algorithm: 'ES256', state: 'active' }");
    expect((await keys('add --stage dev')).errors).toMatch(/agree first: .*'active' in the configuration and 'next'/);
    expect((await keys('activate b --stage dev --region us-east-1')).code).toBe(0);
    expect(config()).toBe(after);
    expect((await keys('list --stage dev')).code).toBe(0);
  });

  test('waits for the last of them', async () => {
    minutes(-1);
    const { errors } = await keys('activate b --stage dev');
    expect(errors).toMatch(/may be activated from 2026-11-23T14:51:00.000Z on/);
    expect(section('eu-west-1')).toEqual(['a active', 'b next']);
  });

  test.each(['list', 'add', 'check --url http://localhost:3000'])(
    '%s refuses a Region without a section',
    async (command) => {
      const { code, errors } = await keys(`${command} --stage dev --region eu-north-1`);
      expect({ code, errors }).toEqual({
        code: 1,
        errors:
          "NOT_FOUND: stage 'dev' has no keys on record for Region 'eu-north-1', but for 'eu-west-1', 'us-east-1'",
      });
    },
  );

  test('check needs to know which one', async () => {
    const { code, errors } = await keys('check --stage dev --url http://localhost:3000');
    expect({ code, errors }).toEqual({
      code: 2,
      errors: "USAGE: --region is missing; stage 'dev' has eu-west-1, us-east-1",
    });
  });
});

test('a list that synth refuses is not written: one that is too long once published', async () => {
  for (let code = 0; code === 0; ) {
    const before = [config(), readFileSync(lockFile(), 'utf8')];
    const added = await keys('add --stage prod --algorithm RS256');
    code = added.code;
    if (code === 0) continue;
    expect(added.errors).toMatch(
      /^REFUSED: synth would refuse the result: \d keys take about \d+ characters once published/,
    );
    expect([config(), readFileSync(lockFile(), 'utf8')]).toEqual(before);
  }
  const { id, algorithm, state } = { id: 'x', algorithm: 'PS256', state: 'next' };
  writeConfig(
    config().replace(
      /signingKeys: \[\{/,
      `signingKeys: [{ id: '${id}', algorithm: '${algorithm}', state: '${state}' }, {`,
    ),
  );
  expect((await keys('list --stage prod')).output).toMatch(/refused at synth: \d keys take about/);
});

test('keys that synth refuses are not put on record', async () => {
  rmSync(lockFile());
  writeConfig(config().replace("state: 'next' }, // stands by", "state: 'active' }, // stands by"));
  expect((await keys('init --stage dev')).errors).toMatch(
    /synth would refuse the result: ES256 has 2 active keys, 'a', 'b'/,
  );
});

test('a key that was replaced by mistake may sign again', async () => {
  minutes(170);
  await keys('activate b --stage dev');
  expect((await keys('activate a --stage dev')).code).toBe(0);
  expect(devKeys().map(({ state }) => state)).toEqual(['active', 'retiring']);
});

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
