import type { BetterAuthPlugin } from 'better-auth';
import { logger } from '../audit/audit-log.ts';
import { redirectsToError } from '../audit/classify.ts';
import { type RequestContext, requestContext } from '../gateway/request-context.ts';

/**
 * Gives back what a sign-in reserved while its session is being written, which saves it a trip. It stands behind the plugins that may
 * still refuse the session: their hooks run first.
 */
export function giveBackPlugin(): BetterAuthPlugin {
  return {
    id: 'gatehouse-give-back',
    init: () => ({
      options: {
        databaseHooks: {
          session: {
            create: {
              before: async () => {
                const context = requestContext();
                if (context) giveBack(context);
              },
            },
          },
        },
      },
    }),
  };
}

/** The same for whatever else turned out well. */
export function giveBackOnSuccess(response: Response, context: RequestContext): void {
  const location = response.headers.get('location') ?? undefined;
  const failed = response.status >= 400 || redirectsToError({ status: response.status, code: undefined, location });
  if (!failed && !context.failure && !context.concealedCode) giveBack(context);
}

function giveBack(context: RequestContext): void {
  for (const limit of context.rateLimits ?? []) {
    const given = limit.giveBack?.();
    limit.giveBack = undefined;
    const done = given?.then(
      () => {
        limit.remaining += 1;
      },
      // Harmless: the attempt stays counted until its window ends.
      (error: unknown) => logger.warn('a reservation was not given back', { errorName: (error as Error).name }),
    );
    if (done) context.pending.push(done);
  }
}
