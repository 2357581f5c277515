import type { BetterAuthPlugin } from 'better-auth';
import {
  createAuthEndpoint,
  freshSessionMiddleware,
  requestOnlySessionMiddleware,
  sensitiveSessionMiddleware,
  sessionMiddleware,
} from 'better-auth/api';
import { limitRules, listed } from '../limits/find-limits.ts';
import type { Limit, LimitOptions } from '../limits/limit-options.ts';

/** An endpoint that a plugin opens to everybody. */
export interface PluginEndpoint {
  readonly path: string;
  readonly methods: readonly string[];
  /** All of them count; none: the path is not limited. `per request`: a function of the options decides. */
  readonly limits: readonly Limit[] | 'per request';
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
  limits !== 'per request' && !limits.some(({ max, window }) => max / window <= mostPerSecond);

/** What the endpoints of a plugin ask for, and how often they may be asked. Functions without a path are for the server's own code. */
export function endpointsOf(
  { endpoints = {} }: BetterAuthPlugin,
  options: LimitOptions,
  plugins: readonly BetterAuthPlugin[],
): PluginEndpoint[] {
  const ruleAt = limitRules(options, plugins);
  const open = Object.values(endpoints).filter(({ path, options }) => path && !options.metadata?.SERVER_ONLY);
  return open.map(({ path, options }) => {
    const { rule } = ruleAt(path.replace(/:[^/]+/g, 'x').replace(/\*+/g, 'x'));
    // There is no request yet that the function could be asked about.
    const limits = typeof rule === 'function' ? 'per request' : listed(rule);
    return { path, methods: [options.method ?? '*'].flat(), limits, session: sessionNeed(options.use ?? []) };
  });
}

function sessionNeed(middlewares: readonly unknown[]): PluginEndpoint['session'] {
  if (middlewares.some((middleware) => sessionMiddlewares.includes(middleware))) return 'needed';
  return middlewares.some((middleware) => !ofEveryEndpoint.includes(middleware))
    ? 'depends on the plugin'
    : 'not needed';
}

/** One line for people. */
export function showEndpoint({ methods, path, limits, session }: PluginEndpoint): string {
  return `${methods.join(' ')} ${path}: session ${session}; ${showLimits(limits)}`;
}

function showLimits(limits: PluginEndpoint['limits']): string {
  if (limits === 'per request') return 'limit decided per request';
  const shown = limits.map(({ max, window, key = ['source'] }) => `${max} in ${window} s by ${key.join(' and ')}`);
  return shown.join(', ') || 'no limit';
}
