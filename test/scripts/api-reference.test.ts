import { expect, test } from '@jest/globals';
import { differences } from '../../scripts/api-reference/differences.ts';
import { pagesOf } from '../../scripts/api-reference/pages.ts';
import { kinds, type Reflection, type Type } from '../../scripts/api-reference/reflection.ts';
import { undocumented } from '../../scripts/api-reference/undocumented.ts';

const said = (text: string, byDefault?: string) => ({
  summary: [{ text }],
  ...(byDefault && { blockTags: [{ tag: '@default', content: [{ text: `- ${byDefault}` }] }] }),
});
const text: Type = { type: 'intrinsic', name: 'string' };
let ids = 0;
const reflection = (kind: keyof typeof kinds, name: string, more: Partial<Reflection> = {}): Reflection => ({
  id: ids++,
  name,
  kind: kinds[kind],
  flags: {},
  sources: [{ fileName: 'lib/queue.ts' }],
  ...more,
});

const name = reflection('property', 'name', {
  type: text,
  flags: { isOptional: true },
  comment: said('A | B.', 'none'),
});
const props = reflection('interface', 'QueueProps', { children: [name] });
const made: Type = { type: 'reference', name: 'QueueProps', target: props.id };
const method = (comment?: Reflection['comment']) =>
  reflection('method', 'send', {
    signatures: [reflection('function', 'send', { type: text, ...(comment && { comment }) })],
  });
const queue = (comment?: Reflection['comment']) =>
  reflection('class', 'Queue', {
    comment: said('A queue.'),
    children: [reflection('property', 'props', { type: made }), method(comment)],
  });
const project = (...children: Reflection[]) =>
  reflection('module', 'cdk-gatehouse', { children: [reflection('module', 'lib', { children })] });

test('a page has what a file exports, with defaults, and links between its names', () => {
  const page = pagesOf(project(props, queue(said('Sends.')))).get('queue.md')!;
  expect(page).toContain('| `name?` | `string` | none | A \\| B. |');
  expect(page).toContain('| `props` | [`QueueProps`](#queueprops) |');
  expect(page).toContain('```ts\nsend(): string\n```\n\nSends.');
  expect(page).not.toMatch(/lib\/queue\.ts|#L\d/);
});

test('a type that comes from a constant is spelt out', () => {
  const list: Type = {
    type: 'typeOperator',
    operator: 'readonly',
    target: { type: 'tuple', elements: [{ type: 'literal', value: 'on' }] },
  };
  const constant = reflection('variable', 'phases', { type: list });
  const query: Type = { type: 'query', queryType: { type: 'reference', name: 'phases', target: constant.id } };
  const type: Type = { type: 'indexedAccess', objectType: query, indexType: { type: 'intrinsic', name: 'number' } };
  const alias = reflection('alias', 'Phase', { type, comment: said('How far.') });
  const hidden = reflection('module', 'not exported', { children: [constant] });
  expect(pagesOf(project(alias, hidden)).get('queue.md')).toContain("How far.\n\n`'on'`");
});

test('an export, a prop or a method without a doc comment is found; the props of a construct need none of their own', () => {
  expect(undocumented(project(props, queue(said('Sends.'))))).toEqual([]);
  expect(undocumented(project(props, queue()))).toEqual(['lib/queue.ts: Queue.send']);
  const bare = reflection('interface', 'SendOptions', { children: [reflection('property', 'to', { type: text })] });
  expect(undocumented(project(bare))).toEqual(['lib/queue.ts: SendOptions', 'lib/queue.ts: SendOptions.to']);
});

test('pages that are stale, missing or left over are told apart', () => {
  const stored = new Map([
    ['a.md', 'old'],
    ['gone.md', ''],
  ]);
  const wanted = new Map([
    ['a.md', 'new'],
    ['b.md', ''],
  ]);
  expect(differences(stored, wanted)).toEqual([
    'gone.md is of nothing that is exported',
    'a.md is not current',
    'b.md is missing',
  ]);
});
