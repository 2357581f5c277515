import { type ConfigElement, configFileName, readStage, type Span } from './config-source.ts';
import { KeysError } from './keys-error.ts';
import type { ConfiguredKey } from './step.ts';

/**
 * The source of gatehouse.config.ts with `keys` as the signing keys of a stage. Only states, new entries and removed entries change;
 * comments and everything else stay as they are. Throws `KeysError` when the source is not of a form that can be edited.
 */
export function editConfig(source: string, stage: string, keys: readonly ConfiguredKey[]): string {
  const present = readStage(source, stage).signingKeys();
  const edits = [
    ...present
      .filter(({ id }) => !keys.some((key) => key.id === id))
      .map((element) => removal(source, element, present)),
    ...keys.flatMap((key) => stateChange(key, present)),
    ...keys.flatMap((key, index) => insertion(source, key, keys[index - 1], present)),
  ].sort((a, b) => b.start - a.start);
  const edited = edits.reduce((text, { start, end, by }) => text.slice(0, start) + by + text.slice(end), source);
  if (describe(readStage(edited, stage).signingKeys()) === describe(keys)) return edited;
  throw new KeysError(
    'CONFIG_NOT_EDITABLE',
    `${configFileName} cannot be edited: 'signingKeys' is not in a form that is understood`,
  );
}

interface Edit extends Span {
  readonly by: string;
}

/** The lines to write where the source cannot be edited. */
export const signingKeysText = (keys: readonly ConfiguredKey[]): string =>
  ['signingKeys: [', ...keys.map((key) => `  ${entryText(key)},`), '],'].join('\n');

const entryText = ({ id, algorithm, state }: ConfiguredKey): string =>
  `{ id: '${id}', algorithm: '${algorithm}', state: '${state}' }`;

const describe = (keys: readonly { id: string; algorithm: string; state: string }[]): string =>
  keys.map(({ id, algorithm, state }) => `${id} ${algorithm} ${state}`).join('\n');

function stateChange(key: ConfiguredKey, present: readonly ConfigElement[]): Edit[] {
  const element = present.find(({ id }) => id === key.id);
  if (!element || element.state === key.state) return [];
  return [{ ...element.stateSpan, by: `'${key.state}'` }];
}

function insertion(
  source: string,
  key: ConfiguredKey,
  after: ConfiguredKey | undefined,
  present: readonly ConfigElement[],
): Edit[] {
  if (present.some(({ id }) => id === key.id)) return [];
  const element = present.find(({ id }) => id === after?.id);
  if (!element) return [];
  const indent = indentOf(source, element.span.start);
  const separator = indent === undefined ? ' ' : `\n${indent}`;
  const comma = commaAfter(source, element.span.end);
  if (comma === undefined)
    return [{ start: element.span.end, end: element.span.end, by: `,${separator}${entryText(key)}` }];
  // Behind a comment on the same line, which is about the element before.
  const at = indent === undefined ? comma + 1 : lineEnd(source, comma);
  return [{ start: at, end: at, by: `${separator}${entryText(key)},` }];
}

function removal(source: string, element: ConfigElement, present: readonly ConfigElement[]): Edit {
  const { start, end } = element.span;
  const comma = commaAfter(source, end);
  const ownLines = indentOf(source, start) !== undefined;
  if (ownLines) return { start: lineStart(source, start) - 1, end: lineEnd(source, comma ?? end), by: '' };
  const before = present[present.indexOf(element) - 1];
  if (comma !== undefined) return { start, end: comma + 1 + (source[comma + 1] === ' ' ? 1 : 0), by: '' };
  return { start: before?.span.end ?? start, end, by: '' };
}

const lineStart = (source: string, at: number): number => source.lastIndexOf('\n', at - 1) + 1;

function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end;
}

/** The white space before an element that begins its line; undefined when something stands before it. */
function indentOf(source: string, at: number): string | undefined {
  const before = source.slice(lineStart(source, at), at);
  return /^\s*$/.test(before) ? before : undefined;
}

/** Where the comma after an element is, past comments; undefined when there is none. */
function commaAfter(source: string, at: number): number | undefined {
  const trivia = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  trivia.lastIndex = at;
  trivia.test(source);
  return source[trivia.lastIndex] === ',' ? trivia.lastIndex : undefined;
}
