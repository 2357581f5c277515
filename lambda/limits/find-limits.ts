import { limitDefaults } from '../../contract/limit-defaults.ts';
import { pathPattern } from '../../contract/path-pattern.ts';
import { defaultPaths } from './default-limits.ts';
import type { Limit, LimitOptions, LimitsOfRequest, PathLimits } from './limit-options.ts';

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

/** What is in force at a path: limits, or who decides for each request. */
export interface LimitsAtPath {
  /** What the counters are named after: the pattern that matched. */
  readonly counter: string;
  readonly rule: PathLimits | LimitsOfRequest;
  /** What would be in force without a rule of the options. */
  readonly current: PathLimits;
}

/** The rule for each path below the base path. */
export function limitRules(
  { default: defaultLimit = limitDefaults.default, paths = {} }: LimitOptions,
  plugins: readonly PluginWithLimits[] = [],
): (path: string) => LimitsAtPath {
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

  return (path) => {
    const [counter, current] = find(path);
    const found = own.find(({ matches }) => matches(path));
    return { counter: found?.pattern ?? counter, rule: found?.rule ?? current, current };
  };
}

/** The limits of each request, by its path below the base path. */
export function limitFinder(
  options: LimitOptions,
  plugins?: readonly PluginWithLimits[],
): (request: Request, path: string) => Promise<FoundLimits> {
  const rules = limitRules(options, plugins);
  return async (request, path) => {
    const { counter, rule, current } = rules(path);
    // A copy: what the function reads of the body is still there for the endpoint.
    const limits = typeof rule === 'function' ? await rule(request.clone(), current) : rule;
    return { counter, limits: listed(limits) };
  };
}

export const listed = (limits: PathLimits): readonly Limit[] => {
  if (limits === false) return [];
  return Array.isArray(limits) ? limits : [limits as Limit];
};
