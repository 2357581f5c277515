import type { BetterAuthPlugin } from 'better-auth';
import { limitDefaults } from '../../contract/limit-defaults.ts';
import { mostFailures } from '../../contract/limit-shape.ts';
import { type Network, parseAddress } from '../../contract/networks.ts';
import { pathPattern } from '../../contract/path-pattern.ts';
import { routes } from '../../contract/routes.ts';
import { GatewayError } from '../gateway/gateway-error.ts';
import { recordFailure, requestContext } from '../gateway/request-context.ts';
import { userOfToken } from '../policy/session-token.ts';
import { adminNetworkRequired, isAdminPath, isIn } from './admin-networks.ts';
import { applyLimit } from './apply-limit.ts';
import { defaultWhenUnavailable } from './default-limits.ts';
import { limitFinder } from './find-limits.ts';
import type { RequestFacts } from './limit-key.ts';
import type { AppliedLimit, Limit, LimitOptions } from './limit-options.ts';
import type { NetworkLists } from './network-lists.ts';
import type { RateLimit } from './rate-limit.ts';
import { sourceOf } from './source.ts';

export interface LimitsPluginInput {
  readonly rateLimit: RateLimit;
  readonly options: LimitOptions;
  /** The configured ones; those of the lists come on top. */
  readonly adminNetworks: readonly Network[];
  readonly lists: () => Promise<NetworkLists>;
  /** The endpoint that serves a path. */
  readonly routeOf: (path: string) => string;
  /** What that endpoint declares to read of a body. */
  readonly declaredFields: RequestFacts['declaredFields'];
}

/**
 * Limits in place of Better Auth's own, which know one counter by address and path. It is the first plugin: nothing is done for a
 * request before it is counted.
 */
export function limitsPlugin(input: LimitsPluginInput): BetterAuthPlugin {
  const { rateLimit, options, lists, routeOf, declaredFields } = input;
  const { suspiciousFactor = limitDefaults.suspiciousFactor, adminFactor = limitDefaults.adminFactor } = options;
  const message = options.message ?? limitDefaults.message;
  const mayPass = unavailablePolicy(options);
  let find: ReturnType<typeof limitFinder> | undefined;

  return {
    id: 'gatehouse-limits',
    onRequest: async (request, auth) => {
      const context = requestContext();
      if (!context) return;
      find ??= limitFinder(options, auth.options.plugins);
      const path = context.path.slice(routes.authBase.length);
      const administration = isAdminPath(path);
      const { counter, limits } = await find(request, path);
      if (limits.length === 0 && !administration) return;

      const address = parseAddress(context.sourceIp);
      const { suspicious, admin } = await lists();
      const fromAdmin = isIn(input.adminNetworks, address) || isIn(admin, address);
      const factor = isIn(suspicious, address) ? suspiciousFactor : fromAdmin ? adminFactor : 1;
      const facts: RequestFacts = {
        source: sourceOf(context.sourceIp),
        route: routeOf(path),
        request,
        declaredFields,
        user: userOfToken(context.sessionToken),
      };
      try {
        const apply = limits.map((limit, index) =>
          applyLimit(rateLimit, { message, ...limit, max: scaled(limit, factor) }, `${counter} ${index}`, facts),
        );
        context.rateLimits = await Promise.all(apply);
      } catch (error) {
        recordFailure('RATE_LIMIT_UNAVAILABLE', error, { concealed: mayPass(path) });
        if (!mayPass(path)) throw error;
      }
      const refusing = longestWait(context.rateLimits ?? []);
      if (refusing) throw new GatewayError(429, 'RATE_LIMITED', refusing.message);
      if (administration && !fromAdmin) throw adminNetworkRequired();
    },
  };
}

/** A factor alone closes nothing: one request is left. */
function scaled({ max, count }: Limit, factor: number): number {
  if (max === 0 || factor === 0) return 0;
  const most = count === 'failures' ? mostFailures : Number.POSITIVE_INFINITY;
  return Math.min(most, Math.max(1, Math.floor(max * factor)));
}

const longestWait = (limits: readonly AppliedLimit[]): AppliedLimit | undefined =>
  limits.filter(({ allowed }) => !allowed).toSorted((a, b) => b.reset - a.reset)[0];

function unavailablePolicy({ whenUnavailable = {} }: LimitOptions): (path: string) => boolean {
  const policies = [...Object.entries(whenUnavailable), ...Object.entries(defaultWhenUnavailable)];
  const compiled = policies.map(([pattern, policy]) => ({ matches: pathPattern(pattern), policy }));
  return (path) => compiled.find(({ matches }) => matches(path))?.policy === 'allow';
}
