/** The largest package that is published, in bytes of the tarball. */
export const sizeBudget = 3_500_000;

/** A file's name without what its content decides: `chunks/dist-es-ABCD1234.mjs` is `chunks/dist-es-*.mjs`. */
export const stableName = (path: string): string => path.replace(/-[A-Z0-9]{8}(?=\.m?js(?:\.map)?$)/, '-*');

/**
 * The files of a package, for the list that is pinned. Declarations are one for each source file, which is in review anyway: their folders
 * are listed.
 */
export function fileList(paths: readonly string[]): string[] {
  const names = paths.map((path) => path.replace(/^(dist\/(?:esm|cjs)\/types\/[^/]+\/).*\.d\.ts$/, '$1…'));
  return [...new Set(names.map(stableName))].sort();
}
