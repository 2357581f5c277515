import { limitDefaults } from '../../contract/limit-defaults.ts';
import { pathPattern } from '../../contract/path-pattern.ts';
import { defaultPaths } from './default-limits.ts';
import type { Limit, LimitOptions, PathLimits } from './limit-options.ts';

/** Limits of a Better Auth plugin's own, as its type has them. */
export interface PluginWithLimits {
  readonly id: string;
  readonly rateLimit?: readonly {
    readonly window: number;
    readonly max: number;
    readonly pathMatcher: (path: string) => boolean;
  }[];
}

export interface FoundLimits {
  /** What the counters are named after: the pattern that matched. */
  readonly counter: string;
  /** All of them count; none when the path is not limited. */
  readonly limits: readonly Limit[];
}

/** The limits of each request, by its path below the base path. */
export function limitFinder(
  { default: defaultLimit = limitDefaults.default, paths = {} }: LimitOptions,
  plugins: readonly PluginWithLimits[] = [],
): (request: Request, path: string) => Promise<FoundLimits> {
  const compile = <T>(rules: Readonly<Record<string, T>>) =>
    Object.entries(rules).map(([pattern, rule]) => ({ pattern, matches: pathPattern(pattern), rule }));
  const own = compile(paths);
  const builtIn = compile(defaultPaths);

  function find(path: string): readonly [counter: string, limits: PathLimits] {
    const rule = builtIn.find(({ matches }) => matches(path));
    if (rule) return [rule.pattern, rule.rule];
    for (const { id, rateLimit } of plugins) {
      const limit = rateLimit?.find(({ pathMatcher }) => pathMatcher(path));
      if (limit) return [`plugin ${id}`, { window: limit.window, max: limit.max, key: ['source', 'route'] }];
    }
    return ['default', defaultLimit];
  }

  return async (request, path) => {
    const [counter, current] = find(path);
    const rule = own.find(({ matches }) => matches(path));
    if (!rule) return { counter, limits: listed(current) };
    const limits = typeof rule.rule === 'function' ? await rule.rule(request, current) : rule.rule;
    return { counter: rule.pattern, limits: listed(limits) };
  };
}

const listed = (limits: PathLimits): readonly Limit[] => {
  if (limits === false) return [];
  return Array.isArray(limits) ? limits : [limits as Limit];
};
