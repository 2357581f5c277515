import type { BetterAuthPlugin } from 'better-auth';
import type { CookieOptions } from '../../contract/cookie-options.ts';
import { cookiePriorityPlugin } from './cookie-priority.ts';
import { doubleSubmitPlugin } from './csrf-double-submit.ts';
import type { CsrfOptions } from './csrf-options.ts';

interface Options {
  readonly cookies?: CookieOptions;
  readonly csrf?: CsrfOptions;
}

/**
 * Defences that are off by default. Loaded on demand, since most deployments have none.
 *
 * @param secrets whose signatures count, the current one first
 */
export function optionalPlugins({ cookies = {}, csrf }: Options, secrets: readonly string[]): BetterAuthPlugin[] {
  const priorities = [cookies, ...Object.values(cookies.byName ?? {})].map(({ priority }) => priority);
  return [
    ...(csrf?.doubleSubmit ? [doubleSubmitPlugin(secrets, cookies)] : []),
    ...(priorities.some(Boolean) ? [cookiePriorityPlugin(cookies)] : []),
  ];
}
