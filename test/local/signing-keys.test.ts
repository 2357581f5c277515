import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JSONWebKeySet } from 'jose';
import type { SigningKeyConfig } from '../../lib/signing-key-config.ts';
import { localSigningKeys } from '../../local/signing-keys.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';

describe('the keys of npm start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const file = join(folder, 'lock.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  const since = { next: '2026-11-01T00:00:00.000Z' };
  const key = (id: string, state: string) => ({
    id,
    algorithm: 'ES256',
    state,
    since: { ...since, [state]: '2026-11-02T00:00:00.000Z' },
  });
  const write = (stages: object) => writeFileSync(file, JSON.stringify({ version: 1, stages }));

  test('are those on record for the stage, in their order; dropped ones are gone', () => {
    const dev = [key('a', 'dropped'), key('b', 'active'), key('c', 'next')];
    write({ dev: { any: dev }, prod: { any: [key('p', 'active')] } });
    expect(localSigningKeys('dev', file)).toEqual([
      { id: 'b', algorithm: 'ES256', state: 'active' },
      { id: 'c', algorithm: 'ES256', state: 'next' },
    ]);
  });

  test('are one key where nothing is on record', () => {
    const missing = join(folder, 'missing.json');
    expect(localSigningKeys('dev', missing)).toEqual([{ id: 'local', algorithm: 'ES256', state: 'active' }]);
  });

  test.each([
    ['without an active key', { dev: { any: [key('b', 'next')] } }, /stage 'dev': no key is active/],
    ['without the stage', { prod: { any: [key('b', 'active')] } }, /stage 'dev': the list is empty/],
    ['that is not one', { dev: 1 }, /signing-keys\.lock\.json\.stages\.dev/],
  ])('of a record %s are refused, with what is wrong', (_, stages, message) => {
    write(stages);
    const read = () => localSigningKeys('dev', file);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: 'SIGNING_KEYS_INVALID' }));
  });
});

describe('a stack whose keys change', () => {
  const active = { id: 'a', algorithm: 'ES256', state: 'active' } as const;
  let keys: readonly SigningKeyConfig[] = [active];
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startStack({ port: 0, print: () => {}, signingKeys: () => keys });
  });
  afterAll(() => stack.stop());

  /** The kids that are served once the functions have been restarted with these keys. */
  async function publishing(...listed: readonly SigningKeyConfig[]): Promise<string[]> {
    keys = listed;
    await stack.restartFunctions();
    return published();
  }
  const published = async () =>
    ((await (await fetch(`${stack.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet).keys.map(({ kid }) => kid!);

  test('publishes them with the next restart of its functions, and keeps what each id stands for', async () => {
    const [first] = await published();
    expect(await publishing(active, { id: 'b', algorithm: 'EdDSA', state: 'next' })).toEqual([
      first,
      expect.any(String),
    ]);
    expect(await publishing(active)).toEqual([first]);
  });

  test('keeps serving the old ones while the new ones cannot be', async () => {
    const before = await published();
    const { environment } = stack;
    await expect(publishing({ ...active, state: 'retiring' })).rejects.toThrow(/no active signing key/);
    expect(await published()).toEqual(before);
    expect(stack.environment).toEqual(environment);
  });
});
