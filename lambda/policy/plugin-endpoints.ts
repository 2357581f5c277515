import type { BetterAuthPlugin } from 'better-auth';
import {
  createAuthEndpoint,
  freshSessionMiddleware,
  requestOnlySessionMiddleware,
  sensitiveSessionMiddleware,
  sessionMiddleware,
} from 'better-auth/api';
import { limitFinder } from '../limits/find-limits.ts';
import type { Limit, LimitOptions } from '../limits/limit-options.ts';

/** An endpoint that a plugin opens to everybody. */
export interface PluginEndpoint {
  readonly path: string;
  readonly methods: readonly string[];
  /** All of them count; none: the path is not limited. */
  readonly limits: readonly Limit[];
  /**
   * `needed`: refused without a session before the plugin's code runs. `depends on the plugin`: a check of its own
   * runs first, of whatever; read it. `not needed`: open to everybody, but for what its code asks for.
   */
  readonly session: 'needed' | 'depends on the plugin' | 'not needed';
}

const sessionMiddlewares: readonly unknown[] = [
  freshSessionMiddleware,
  requestOnlySessionMiddleware,
  sensitiveSessionMiddleware,
  sessionMiddleware,
];

/** Better Auth runs these before any endpoint. */
const probe = createAuthEndpoint('/', { method: 'GET' }, async () => {}).options as { use?: readonly unknown[] };
const ofEveryEndpoint = probe.use ?? [];

/** Requests a second beyond which a limit stops nobody. */
const mostPerSecond = 50;
export const limitsNothing = ({ limits }: PluginEndpoint): boolean =>
  !limits.some(({ max, window }) => max / window <= mostPerSecond);

/** What the endpoints of a plugin ask for, and how often they may be asked. Functions without a path are for the server's own code. */
export async function endpointsOf(
  { endpoints = {} }: BetterAuthPlugin,
  options: LimitOptions,
  plugins: readonly BetterAuthPlugin[],
): Promise<PluginEndpoint[]> {
  const find = limitFinder(options, plugins);
  const open = Object.values(endpoints).filter(({ path, options }) => path && !options.metadata?.SERVER_ONLY);
  return Promise.all(
    open.map(async ({ path, options }) => {
      const concrete = path.replace(/:[^/]+/g, 'x').replace(/\*+/g, 'x');
      const { limits } = await find(new Request(`https://endpoint.invalid${concrete}`), concrete);
      return { path, methods: [options.method ?? '*'].flat(), limits, session: sessionNeed(options.use ?? []) };
    }),
  );
}

function sessionNeed(middlewares: readonly unknown[]): PluginEndpoint['session'] {
  if (middlewares.some((middleware) => sessionMiddlewares.includes(middleware))) return 'needed';
  return middlewares.some((middleware) => !ofEveryEndpoint.includes(middleware))
    ? 'depends on the plugin'
    : 'not needed';
}

/** One line for people. */
export function showEndpoint({ methods, path, limits, session }: PluginEndpoint): string {
  const limit = limits.map(({ max, window, key = ['source'] }) => `${max} in ${window} s by ${key.join(' and ')}`);
  return `${methods.join(' ')} ${path}: session ${session}; ${limit.join(', ') || 'no limit'}`;
}
