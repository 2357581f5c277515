/** AWS WAF's text transformations, as its documentation and ModSecurity, whose names it took, describe them. Bytes are Latin-1. */
export const transform: Readonly<Record<string, (value: string) => string>> = {
  NONE: (value) => value,
  LOWERCASE: (value) => value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  /** What is no valid escape stays as it is. */
  URL_DECODE: (value) =>
    value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  NORMALIZE_PATH: normalizePath,
};

/** Removes doubled slashes, self-references, and back-references that are not at the beginning. */
function normalizePath(value: string): string {
  const rooted = value.startsWith('/');
  const trailing = /\/\.?$|\/\.\.$/.test(value);
  const kept: string[] = [];
  for (const segment of value.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else kept.push(segment);
  }
  const path = kept.join('/');
  return `${rooted ? '/' : ''}${path}${trailing && path !== '' ? '/' : ''}`;
}
