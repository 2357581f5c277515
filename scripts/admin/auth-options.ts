import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AuthOptions } from '../../lambda/auth/auth-options.ts';
import { loadStages } from '../doctor/load-stages.ts';
import { AdminError } from './admin-error.ts';
import type { Arguments } from './arguments.ts';

/** The options that the function of the stack was built with, as far as this folder knows: they decide the schema. */
export async function loadOptions(root: string, { options, place }: Arguments): Promise<AuthOptions> {
  if (options === undefined && place.kind === 'stack' && place.stage) {
    const [loaded] = await loadStages(root, place.stage).catch((cause: unknown) => {
      throw new AdminError('USAGE', (cause as Error).message, { cause });
    });
    return loaded!.options;
  }
  const file = resolve(root, options ?? 'lambda/auth/options.ts');
  if (!existsSync(file)) throw new AdminError('USAGE', `--options: there is no ${file}`);
  return ((await import(pathToFileURL(file).href)) as { default: AuthOptions }).default;
}
