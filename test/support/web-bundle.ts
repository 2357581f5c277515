import { build } from 'esbuild';

/** A module and all that it needs, minified as for a browser; what only Node has cannot be resolved. */
export async function webBundle(entry: string, format: 'esm' | 'iife' = 'esm', globalName = 'bundle'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    format,
    ...(format === 'iife' && { globalName }),
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
