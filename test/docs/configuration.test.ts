import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { stackSettings } from '../../contract/stack-settings.ts';
import { stageConfig } from '../../lib/stage-config.ts';
import { commentsOf } from '../../scripts/configuration-reference/comments.ts';
import { configurationPage, pageFile } from '../../scripts/configuration-reference/page.ts';
import { settingsOf } from '../../scripts/configuration-reference/setting.ts';

const page = readFileSync(pageFile, 'utf8');
const documented = [...page.matchAll(/^\| `([\w.[\]]+)` \|/gm)].map(([, path]) => path!);

test("the page is current; if not: 'npm run report:configuration'", () => {
  expect(page).toBe(configurationPage());
});

test('the page has every setting of the schema once, whatever it is nested in', () => {
  expect(documented.sort()).toEqual(pathsOf(stageConfig, '').sort());
});

test('a setting with a rule in the doctor is one of the page', () => {
  for (const { setting } of stackSettings) expect(documented).toContain(setting);
});

test('types, bounds and whether a setting is required are those of the schema', () => {
  const schema = z.strictObject({
    name: z.string(),
    days: z.number().int().min(1).max(30).optional(),
    phase: z.enum(['on', 'off']).optional(),
    list: z.array(z.strictObject({ id: z.string().optional() })).optional(),
  });
  expect(settingsOf(schema)).toEqual([
    { path: 'name', type: 'string', required: true },
    { path: 'days', type: 'whole number from 1 to 30', required: false },
    { path: 'phase', type: "'on' | 'off'", required: false },
    { path: 'list', type: 'object[]', required: false },
    { path: 'list[].id', type: 'string', required: false },
  ]);
});

test('comments belong to the setting below them, with their default', () => {
  const source = `export const stageConfig = z.strictObject({
  /** Who sends. */
  mail: z
    .strictObject({
      /** The address,
       * in full. @default - none */
      from: text,
    }),
  bare: text,
});`;
  expect(Object.fromEntries(commentsOf(source))).toEqual({
    mail: { text: 'Who sends.', byDefault: undefined },
    'mail.from': { text: 'The address, in full.', byDefault: 'none' },
  });
});

/** By the schema's own objects, as the page's are by JSON Schema. */
function pathsOf(schema: unknown, prefix: string): string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) return prefix === '' ? [] : pathsOf(inner.element, `${prefix.slice(0, -1)}[].`);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape).flatMap(([name, child]) => [
    prefix + name,
    ...pathsOf(child, `${prefix}${name}.`),
  ]);
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrapped(schema.in) : schema;
}
