import type { Stage } from '../../contract/environment.ts';
import { trustedOriginProblems } from '../../contract/origin-problems.ts';
import { logger } from '../audit/audit-log.ts';
import { within } from '../tokens/within.ts';
import { type OriginList, originList } from './origin-list.ts';
import type { OriginFunction } from './origin-options.ts';

/** Milliseconds that an answer of the function is kept. */
const lifetime = 60_000;
/** Hosts remembered; API Gateway lets through those of the API only. */
const capacity = 1_000;

export interface OriginSource {
  /** Trusted on every host. */
  readonly fixed: OriginList;
  /** Trusted on this host. Never rejects. */
  forHost(host: string | undefined): Promise<OriginList>;
}

export interface OriginSourceInput {
  readonly stage: Stage;
  readonly baseUrl: string;
  /** Of the configuration. */
  readonly configured: readonly string[];
  /** Of the options. @default none */
  readonly trustedOrigins?: readonly string[] | OriginFunction | undefined;
  readonly now: () => Date;
  /** Milliseconds that an answer of the function may take. @default 1000 */
  readonly patience?: number;
}

export function originSource({
  stage,
  baseUrl,
  configured,
  trustedOrigins = [],
  now,
  patience = 1_000,
}: OriginSourceInput): OriginSource {
  const everywhere = [new URL(baseUrl).origin, ...configured];
  if (typeof trustedOrigins !== 'function') {
    const fixed = originList([...everywhere, ...trustedOrigins]);
    return { fixed, forHost: async () => fixed };
  }
  const ask: OriginFunction = trustedOrigins;
  const fixed = originList(everywhere);
  const known = new Map<string, { readonly until: number; readonly list: Promise<OriginList> }>();

  async function find(host: string): Promise<OriginList> {
    const answer = await within(patience, async () => ask({ host }));
    return originList([...everywhere, ...accepted(answer, stage)]);
  }

  return {
    fixed,
    async forHost(given) {
      const host = given?.toLowerCase() ?? '';
      if (!/^[a-z0-9.:[\]-]{1,255}$/.test(host)) return fixed;
      const cached = known.get(host);
      if (cached && cached.until > now().getTime()) return cached.list;
      const list = find(host).catch((error: unknown) => {
        known.delete(host);
        logger.error('trusted origins of a host could not be found', {
          errorName: error instanceof Error ? error.name : 'UnknownError',
        });
        return fixed;
      });
      const [oldest] = known.keys();
      if (known.size >= capacity && oldest !== undefined) known.delete(oldest);
      known.set(host, { until: now().getTime() + lifetime, list });
      return list;
    },
  };
}

/** What is wrong is left out, so that one bad row does not lock a tenant out. */
function accepted(answer: unknown, stage: Stage): string[] {
  const origins = Array.isArray(answer) ? answer : [answer];
  return origins.filter((origin): origin is string => {
    const [problem] =
      typeof origin === 'string' ? trustedOriginProblems([origin], stage) : [{ message: 'is not a string' }];
    if (problem) logger.warn('a trusted origin was left out', { problem: problem.message.slice(0, 300) });
    return !problem;
  });
}
