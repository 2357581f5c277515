/**
 * Parses JSON in which no object names a member twice, however it is spelled (RFC 8725 section 2.6; RFC 7519 section 4 permits the
 * refusal). `JSON.parse` alone keeps the last one, other parsers the first. Throws `SyntaxError`.
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (namesMemberTwice(text, value)) throw new SyntaxError('an object names a member twice');
  return value;
}

/** @param text JSON, as text or as UTF-8 with one character a byte. @param value what `JSON.parse` made of it. */
export const namesMemberTwice = (text: string, value: unknown): boolean => countNames(text) !== countMembers(value);

/** How many strings are followed by a colon. */
function countNames(text: string): number {
  let names = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    let after = endOfString(text, open);
    while (isWhiteSpace(text.charCodeAt(after))) after++;
    if (text.charCodeAt(after) === 0x3a) names++;
    open = text.indexOf('"', after);
  }
  return names;
}

/** The index after the quote that closes what `open` opens: one with an even number of backslashes before it. */
function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let before = close - 1;
    while (text.charCodeAt(before) === 0x5c) before--;
    if ((close - before) % 2 === 1) return close + 1;
  }
  return text.length;
}

const isWhiteSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function countMembers(root: unknown): number {
  let members = 0;
  const rest = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    const children = Object.values(value);
    if (!Array.isArray(value)) members += children.length;
    for (const child of children) if (typeof child === 'object') rest.push(child);
  }
  return members;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
