/**
 * A path without the usual disguises: percent-encoding (twice over), repeated and trailing slashes, dot segments, capitals. Better
 * Auth routes none of those spellings; what guards a path must not depend on that.
 */
export function plainPath(path: string): string {
  let plain = path;
  for (let round = 0; round < 2; round++) plain = plain.replace(/%([\da-f]{2})/gi, decodeByte);
  const segments: string[] = [];
  for (const segment of plain.toLowerCase().split(/[/\\]+/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

const decodeByte = (_: string, hex: string): string => String.fromCharCode(Number.parseInt(hex, 16));
