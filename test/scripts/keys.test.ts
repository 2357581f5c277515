import { readFileSync, rmSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { config, devKeys, diff, keys, lock, lockFile, minutes, scratchKeys, writeConfig } from './scratch-keys.ts';

scratchKeys();

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
      59,
      "key 'a' may be dropped from 2026-11-23T15:50:00.000Z on; it is retiring since 2026-11-23T14:50:00.000Z",
    ],
  ])('%s', async (command, wait, message) => {
    if (command.startsWith('drop')) {
      minutes(170);
      await keys('activate b --stage dev');
    }
    minutes(wait);
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
