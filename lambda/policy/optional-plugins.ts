import type { BetterAuthPlugin } from 'better-auth';
import type { CookieOptions } from '../../contract/cookie-options.ts';
import { adminPasswordsPlugin } from './admin-passwords.ts';
import { cookiePriorityPlugin } from './cookie-priority.ts';
import { doubleSubmitPlugin } from './csrf-double-submit.ts';
import type { CsrfOptions } from './csrf-options.ts';
import { oauthStatePlugin } from './oauth-state.ts';
import { multiSessionCookiesPlugin } from './session/multi-session.ts';

interface Options {
  readonly cookies?: CookieOptions;
  readonly csrf?: CsrfOptions;
  readonly passwords?: { readonly setByAdministrators?: boolean };
  readonly plugins?: readonly BetterAuthPlugin[];
}

/**
 * What stands behind the plugins of a fork, and has nothing to do by default. Loaded on demand, since most deployments need none of it.
 *
 * @param secrets whose signatures count, the current one first
 */
export function optionalPlugins(
  { cookies = {}, csrf, passwords, plugins = [] }: Options,
  secrets: readonly string[],
  now?: () => Date,
): BetterAuthPlugin[] {
  const priorities = [cookies, ...Object.values(cookies.byName ?? {})].map(({ priority }) => priority);
  return [
    // Providers come with the options or with a plugin.
    oauthStatePlugin(now),
    ...(passwords?.setByAdministrators ? [adminPasswordsPlugin()] : []),
    ...(plugins.some(({ id }) => id === 'multi-session') ? [multiSessionCookiesPlugin()] : []),
    ...(csrf?.doubleSubmit ? [doubleSubmitPlugin(secrets, cookies)] : []),
    ...(priorities.some(Boolean) ? [cookiePriorityPlugin(cookies)] : []),
  ];
}
