import type { BetterAuthPlugin } from 'better-auth';
import { getEndpoints } from 'better-auth/api';

export interface ApiEndpoint {
  readonly method: string;
  /** Below `/api/auth`, with a value for each parameter. */
  readonly path: string;
}

interface Endpoint {
  readonly path?: string;
  readonly options?: { readonly method?: string | readonly string[] };
}

/**
 * A plugin for the options of a stack that tells, once the stack has started, every endpoint that Better Auth and all plugins
 * opened, less the paths that are disabled.
 */
export function endpointSpy(): { readonly plugin: BetterAuthPlugin; endpoints(): ApiEndpoint[] } {
  let plugins: readonly BetterAuthPlugin[] = [];
  let closed: readonly string[] = [];
  return {
    plugin: {
      id: 'test-endpoint-spy',
      init: ({ options }) => {
        plugins = options.plugins ?? [];
        closed = options.disabledPaths ?? [];
      },
    },
    endpoints() {
      const own = getEndpoints({} as never, {}).api as Record<string, Endpoint>;
      const all = [own, ...plugins.map((plugin) => (plugin.endpoints ?? {}) as Record<string, Endpoint>)];
      return all.flatMap((endpoints) =>
        Object.values(endpoints).flatMap(({ path, options }) =>
          path && !closed.includes(path)
            ? [options?.method ?? 'GET'].flat().map((method) => ({ method, path: path.replaceAll(/:[^/]+/g, 'value') }))
            : [],
        ),
      );
    },
  };
}
