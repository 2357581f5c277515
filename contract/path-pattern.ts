/** Matches a path with a pattern in which `*` stands for any characters, slashes included. */
export function pathPattern(pattern: string): (path: string) => boolean {
  const source = pattern.split('*').map(escapeRegExp).join('.*');
  const expression = new RegExp(`^${source}$`, 's');
  return (path) => expression.test(path);
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
