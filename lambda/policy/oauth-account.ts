import type { BetterAuthPlugin } from 'better-auth';
import { APIError } from 'better-auth/api';
import { nameSubject } from '../audit/audit-plugin.ts';
import { requestContext } from '../gateway/request-context.ts';
import type { SocialSignInOptions } from './oauth-options.ts';

/**
 * Refuses an account of a social provider to a user whose address nobody has verified. Whoever made such a user could wait under
 * a stranger's address: when its owner resets the password, the account would still sign in.
 */
export function oauthAccountPlugin({ allowUnverifiedEmail = false }: SocialSignInOptions = {}): BetterAuthPlugin {
  return {
    id: 'gatehouse-oauth-account',
    init: () => ({
      options: {
        databaseHooks: {
          account: {
            create: {
              before: async ({ providerId, userId }, ctx) => {
                if (allowUnverifiedEmail || !ctx?.context.socialProviders.some(({ id }) => id === providerId)) return;
                const user = await ctx.context.internalAdapter.findUserById(userId);
                if (user?.emailVerified) return;
                throw new APIError('FORBIDDEN', {
                  code: 'email_not_verified',
                  message: 'The provider has not verified this address',
                });
              },
              after: async ({ userId, providerId }) => {
                nameSubject(userId);
                const context = requestContext();
                if (context && providerId !== 'credential') context.accountLinked = true;
              },
            },
          },
        },
      },
    }),
  };
}

/** Better Auth's own rules on linking, said out loud. */
export const accountRules = ({ linkByVerifiedEmail = false }: SocialSignInOptions = {}) => ({
  encryptOAuthTokens: true,
  storeStateStrategy: 'database' as const,
  skipStateCookieCheck: false,
  accountLinking: {
    enabled: true,
    disableImplicitLinking: !linkByVerifiedEmail,
    // By name, whatever they say of the address: none.
    trustedProviders: [],
    requireLocalEmailVerified: true,
    allowDifferentEmails: false,
    allowUnlinkingAll: false,
    updateUserInfoOnLink: false,
  },
});
