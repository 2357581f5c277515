import { getAuthStateVerificationIdentifier } from '@better-auth/core/utils/state';
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { addOAuthServerContext, createAuthMiddleware } from 'better-auth/api';
import { requestContext } from '../gateway/request-context.ts';

const callback = '/callback/:id';
/** As Better Auth stores it, in milliseconds. */
const lifetime = 10 * 60_000;

interface StoredState {
  readonly errorURL?: string;
  readonly serverContext?: { readonly provider?: unknown };
}

/**
 * Binds the state of an OAuth sign-in to the provider that it was made for, and lets one request have it. Better Auth binds it to
 * the browser, but takes it at every provider's callback, so that one provider could be handed another's code (mix-up, RFC 9700
 * section 4.4), and reads it before it deletes it, so that parallel callbacks would all have it.
 */
export function oauthStatePlugin(now: () => Date = () => new Date()): BetterAuthPlugin {
  return {
    id: 'gatehouse-oauth-state',
    hooks: {
      before: [
        {
          matcher: (ctx) => providerOf(ctx) !== undefined,
          handler: createAuthMiddleware(async (ctx) => addOAuthServerContext({ provider: providerOf(ctx) })),
        },
        {
          // Better Auth answers a POST with a redirect to the GET.
          matcher: ({ path, query, method }) =>
            path === callback && method === 'GET' && typeof query?.state === 'string',
          handler: createAuthMiddleware(async (ctx) => claimState(ctx, ctx.query!.state, now())),
        },
      ],
    },
  };
}

type Request = Pick<GenericEndpointContext, 'path' | 'params'> & {
  body?: { provider?: unknown };
  query?: { provider?: unknown } | undefined;
};

/** The provider that a state would be made for: asked for by name, or in a sign-in that starts at the provider by its callback. */
function providerOf({ path, params, body, query }: Partial<Request>): string | undefined {
  const name = path === callback ? params?.id : (body?.provider ?? query?.provider);
  return typeof name === 'string' ? name : undefined;
}

async function claimState(ctx: GenericEndpointContext, state: string, now: Date): Promise<void> {
  const { internalAdapter, createAuthCookie, secret } = ctx.context;
  // Another browser's: Better Auth refuses it, and it stays good where it belongs.
  if ((await ctx.getSignedCookie(createAuthCookie('state').name, secret)) !== state) return;
  const identifier = getAuthStateVerificationIdentifier(state);
  const stored = await internalAdapter.findVerificationValue(identifier);
  if (!stored) return;
  const { errorURL, serverContext } = JSON.parse(stored.value) as StoredState;
  const value = ctx.params?.id as string;
  const expiresAt = new Date(now.getTime() + lifetime);
  if (serverContext?.provider !== value) {
    await internalAdapter.deleteVerificationByIdentifier(identifier);
    throw refusal(ctx, errorURL, 'OAUTH_PROVIDER_MISMATCH');
  }
  const first = await internalAdapter.reserveVerificationValue({ identifier: `used-${identifier}`, value, expiresAt });
  if (!first) throw refusal(ctx, errorURL, 'OAUTH_STATE_USED');
}

/** Answered like a state that nobody knows. */
function refusal(ctx: GenericEndpointContext, errorURL = `${ctx.context.baseURL}/error`, code: string) {
  const context = requestContext();
  if (context) context.concealedCode = code;
  return ctx.redirect(`${errorURL}${errorURL.includes('?') ? '&' : '?'}error=state_mismatch`);
}
