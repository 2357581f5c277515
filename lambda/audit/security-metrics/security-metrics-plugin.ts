import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import * as z from 'zod';
import type { MetricPeriod } from '../../../contract/security-metrics.ts';
import { recordFailure } from '../../gateway/request-context.ts';
import { requirePermission } from '../../policy/require-permission.ts';

const mayRead = requirePermission(
  { user: ['list'] },
  {
    code: 'YOU_ARE_NOT_ALLOWED_TO_READ_METRICS',
    message: 'Reading the metrics needs the permission to list users.',
  },
);

const query = z.object({ period: z.enum(['24h', '7d'] satisfies MetricPeriod[]).default('24h') });

/** `GET /admin/security-metrics?period=24h|7d`, for administrators from an admin network: `SecurityMetrics` as JSON. */
export function securityMetricsPlugin(client: Pick<CloudWatchClient, 'send'>, now?: () => Date) {
  return {
    id: 'gatehouse-security-metrics',
    endpoints: {
      securityMetrics: createAuthEndpoint(
        '/admin/security-metrics',
        { method: 'GET', query, use: [mayRead] },
        async (ctx) => {
          const { getSecurityMetrics } = await import('./get-security-metrics.ts');
          const metrics = await getSecurityMetrics(ctx.query.period, { client, ...(now && { now }) }).catch(
            unavailable,
          );
          return ctx.json(metrics);
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}

/** The answer is a 503 now. */
function unavailable(error: unknown): never {
  recordFailure('METRICS_UNAVAILABLE', error);
  throw error;
}
