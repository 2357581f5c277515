import type { BetterAuthPlugin } from 'better-auth';
import type { CookieOptions } from '../../contract/cookie-options.ts';
import type { CsrfOptions } from './csrf-options.ts';

interface Options {
  readonly cookies?: CookieOptions;
  readonly csrf?: CsrfOptions;
}

/**
 * Defences that are off by default, loaded where they are on.
 *
 * @param secrets whose signatures count, the current one first
 */
export async function optionalPlugins(
  { cookies = {}, csrf }: Options,
  secrets: readonly string[],
): Promise<BetterAuthPlugin[]> {
  const priorities = [cookies, ...Object.values(cookies.byName ?? {})].map(({ priority }) => priority);
  return Promise.all([
    ...(csrf?.doubleSubmit
      ? [import('./csrf-double-submit.ts').then(({ doubleSubmitPlugin }) => doubleSubmitPlugin(secrets, cookies))]
      : []),
    ...(priorities.some(Boolean)
      ? [import('./cookie-priority.ts').then(({ cookiePriorityPlugin }) => cookiePriorityPlugin(cookies))]
      : []),
  ]);
}
