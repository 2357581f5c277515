import { createHash } from 'node:crypto';
import type { Key } from './keys.ts';
import type { Layouts } from './layout.ts';

/**
 * A key as an operator may read, log and mail it: without what could open a session or redeem a value. Ids stay, because they open
 * nothing; every other value, such as a token or a magic link's, becomes `~` and its SHA-256 in base64url, as in the table itself
 * where a value is long or unusual.
 */
export function shownKey(layouts: Layouts, { pk, sk }: Key): Key {
  return { pk: shownPartition(layouts, pk), sk: shownSortKey(layouts, sk) };
}

function shownPartition(layouts: Layouts, pk: string): string {
  const [, belonging, values = ''] = /^((?:claim|ref):[^:]*:)(.*)$/s.exec(pk) ?? [];
  if (belonging !== undefined) return belonging + values.split('.').map(hidden).join('.');
  const [model, part] = cut(pk, ':');
  if (part === undefined) return hiddenUnless(layouts.has(model), model);
  const isId = layouts.get(model)?.parent === undefined && layouts.has(model);
  return `${model}:${hiddenUnless(isId, part)}`;
}

function shownSortKey(layouts: Layouts, sk: string): string {
  const [pk, referred] = cut(sk, '|');
  if (referred !== undefined) return `${shownPartition(layouts, pk)}|${shownSortKey(layouts, referred)}`;
  const [model, part] = cut(sk, '#');
  if (part === undefined) return hiddenUnless(layouts.has(model) || sk === 'claim', sk);
  return `${model}#${hiddenUnless(layouts.get(model)?.rowKey === 'id', part)}`;
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const hiddenUnless = (isHarmless: boolean, part: string): string => (isHarmless ? part : hidden(part));

const hashed = /^~[A-Za-z0-9_-]{43}$/;
const hidden = (part: string): string =>
  hashed.test(part) ? part : `~${createHash('sha256').update(part).digest('base64url')}`;
