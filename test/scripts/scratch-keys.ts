import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach } from '@jest/globals';
import { parseSigningKeyLock } from '../../lib/signing-key-lock.ts';
import { runKeys } from '../../scripts/keys/run-keys.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));

const start = Date.UTC(2026, 10, 23, 12);
export let root: string;
let clock: number;

/** A configuration and its record, in a scratch folder of each test's own. */
export function scratchKeys(): void {
  afterAll(() => rmSync(scratch, { recursive: true }));
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
}

export const configFile = () => join(root, 'gatehouse.config.ts');
export const lockFile = () => join(root, 'signing-keys.lock.json');
export const config = () => readFileSync(configFile(), 'utf8');
export const lock = () => parseSigningKeyLock(readFileSync(lockFile(), 'utf8'));
export const devKeys = () => lock().stages.dev!.any!;
export const writeConfig = (text: string) => writeFileSync(configFile(), text);
export const minutes = (count: number) => {
  clock += count * 60_000;
};

/** The command, in a scratch folder and with the test's clock; what stands in quotes is one argument. */
export async function keys(command: string) {
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
export function diff(before: string): string[] {
  const [old, now] = [before.split('\n'), config().split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line.trim()}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line.trim()}`),
  ];
}
