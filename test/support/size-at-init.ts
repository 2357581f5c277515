import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Bytes of a bundle's entry and of every chunk that it imports statically; the rest loads on demand, if ever. */
export function sizeAtInit(file: string, seen = new Set<string>()): number {
  if (seen.has(file)) return 0;
  seen.add(file);
  const code = readFileSync(file, 'utf8');
  const imports = [...code.matchAll(/(?:from|import)"(\.[^"]+)"/g)].map(([, path]) => join(dirname(file), path!));
  return imports.reduce((sum, path) => sum + sizeAtInit(path, seen), Buffer.byteLength(code));
}
