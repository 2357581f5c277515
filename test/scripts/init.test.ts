import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parseSigningKeyLock } from '../../lib/signing-key-lock.ts';
import { runDoctor } from '../../scripts/doctor/run-doctor.ts';
import { runInit } from '../../scripts/init/run-init.ts';
import { isShipped } from '../../scripts/init/shipped-config.ts';
import { runKeys } from '../../scripts/keys/run-keys.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-init-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const now = new Date('2027-03-04T05:06:07.000Z');
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(scratch, 'root-'));
  for (const file of ['gatehouse.config.ts', 'signing-keys.lock.json']) copyFileSync(file, join(root, file));
  for (const folder of ['lib', 'lambda', 'contract', 'node_modules', 'package.json'])
    symlinkSync(join(process.cwd(), folder), join(root, folder));
});

const config = () => readFileSync(join(root, 'gatehouse.config.ts'), 'utf8');
const lock = () => parseSigningKeyLock(readFileSync(join(root, 'signing-keys.lock.json'), 'utf8'));

/** The command; what `answers` has is typed, in order. */
async function init(args: readonly string[], answers: readonly string[] = []) {
  const [out, errors]: string[][] = [[], []];
  const typed = [...answers];
  const asked: string[] = [];
  const code = await runInit(args, {
    root,
    now,
    ask: async (question) => {
      asked.push(question);
      return typed.shift();
    },
    print: (line) => out!.push(line),
    printError: (line) => errors!.push(line),
  });
  return { code, out: out!.join('\n'), errors: errors!.join('\n'), asked };
}

const flags = (changes: Record<string, string> = {}) =>
  Object.entries({
    name: "Ada's app",
    domain: 'auth.acme.example',
    'zone-id': 'Z0ACME',
    'certificate-arn': '',
    origins: 'https://app.acme.example, https://shop.acme.example',
    'mail-from': 'no-reply@acme.example',
    'admin-networks': '192.0.2.0/24',
    ...changes,
  }).map(([name, value]) => `--${name}=${value}`);

async function doctor() {
  let output = '';
  const print = (text: string) => {
    output += text;
  };
  const code = await runDoctor(['--offline'], { root, print, printError: print });
  return { code, output };
}

test('the shipped configuration is known as such', () => {
  expect(isShipped(readFileSync('gatehouse.config.ts', 'utf8'))).toBe(true);
});

describe('what is written', () => {
  test('passes the doctor in both stages, and its keys are on record from now', async () => {
    expect(await init(flags())).toMatchObject({ code: 0, errors: '', asked: [] });
    const { code, output } = await doctor();
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/domain\.name +auth\.acme\.example/),
    });
    expect(output).toMatch(/trustedOrigins +https:\/\/app\.acme\.example, https:\/\/shop\.acme\.example/);
    expect(config()).toContain("productName: 'Ada\\'s app'");
    expect(config()).not.toContain('example.com');
    for (const stage of ['dev', 'prod'] as const) {
      expect(lock().stages[stage]).toEqual({
        any: [
          { id: '2026-11-a', algorithm: 'ES256', state: 'active', since: { active: now.toISOString() } },
          { id: '2026-11-b', algorithm: 'ES256', state: 'next', since: { next: now.toISOString() } },
        ],
      });
    }
  });

  test('can be edited by the next step of a rotation', async () => {
    await init(flags());
    const keys = await runKeys(['add', '--stage', 'prod'], { root, now, print: () => {}, printError: () => {} });
    expect(keys).toBe(0);
    expect(config()).toContain("{ id: '2027-03-a', algorithm: 'ES256', state: 'next' }");
  });

  test('comes from answers where no flag says it', async () => {
    const answers = ['', 'auth.acme.example', 'Z0ACME', '', 'https://app.acme.example', 'no-reply@acme.example', ''];
    const { code, asked } = await init([], answers);
    expect({ code, asked: asked.length }).toEqual({ code: 0, asked: 7 });
    expect(asked[0]).toBe("The product's name, as mail has it [Gatehouse]: ");
    expect(config()).toContain("productName: 'Gatehouse'");
    expect(config()).toContain('adminNetworks: []');
  });

  test('has new keys where there were none', async () => {
    for (const file of ['gatehouse.config.ts', 'signing-keys.lock.json']) rmSync(join(root, file));
    writeFileSync(join(root, 'gatehouse.config.ts'), 'export default { stages: {} };\n');
    expect((await init([...flags(), '--yes'])).code).toBe(0);
    expect(lock().stages.prod!.any!.map(({ id }) => id)).toEqual(['2027-03-a', '2027-03-b']);
  });
});

describe('an edited configuration', () => {
  const edit = () => writeFileSync(join(root, 'gatehouse.config.ts'), config().replace('Gatehouse (dev)', 'Ours'));

  test.each([[[]], [['yes']]])('stays unless its end is typed (%j)', async (answers) => {
    edit();
    const before = [config(), lock()];
    expect(await init(flags(), answers)).toMatchObject({ code: 1, errors: expect.stringContaining('NOT_CONFIRMED') });
    expect([config(), lock()]).toEqual(before);
  });

  test('is overwritten once it is, and keeps the keys on record, which may be in use', async () => {
    edit();
    const before = lock();
    expect((await init(flags(), ['overwrite'])).code).toBe(0);
    expect(lock()).toEqual(before);
    expect((await doctor()).code).toBe(0);
  });
});

describe('what is wrong is named by its flag, and nothing is written', () => {
  test.each([
    [flags({ domain: 'not a name' }), /^USAGE: --domain: domain\.name: /],
    [flags({ 'zone-id': '' }), /^USAGE: --zone-id or --certificate-arn is needed/],
    [flags({ origins: 'http://app.acme.example' }), /^USAGE: --origins: trustedOrigins: /],
    [flags({ 'mail-from': 'nobody' }), /^USAGE: --mail-from: mail\.from: /],
    [flags({ 'admin-networks': '10.0.0.0/33' }), /^USAGE: --admin-networks: adminNetworks: .*10\.0\.0\.0\/33/],
    [flags().filter((flag) => !flag.startsWith('--domain')), /^USAGE: --domain is missing/],
    [['--colour=red'], /^USAGE: Unknown option '--colour'/],
    [['now'], /^USAGE: 'now' is not expected/],
  ])('%j', async (args, message) => {
    const before = [config(), lock()];
    expect(await init(args)).toMatchObject({ code: 2, errors: expect.stringMatching(message) });
    expect([config(), lock()]).toEqual(before);
  });
});
