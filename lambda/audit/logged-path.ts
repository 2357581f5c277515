/**
 * A path as it is logged. Mailed links carry their token in it, and a mistyped link is somebody's token too, so whatever looks random
 * goes: route names are words.
 */
export function loggedPath(path: string): string {
  return path
    .replace(/(\/reset-password\/).+/, '$1***')
    .split('/')
    .map((segment) => (looksRandom(segment) ? '***' : segment))
    .join('/')
    .slice(0, 256);
}

const looksRandom = (segment: string): boolean => segment.length >= 16 && /[A-Z\d_~%=.]/.test(segment);
