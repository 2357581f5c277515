import type { GenericEndpointContext } from '@better-auth/core';
import { tryGetCurrentAuthEndpointContext } from '@better-auth/core/context';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { changeStoredHash } from './change-stored-hash.ts';
import type { NewPassword } from './new-password.ts';
import { passwordOwner } from './password-owner.ts';
import type { PasswordSetup } from './password-setup.ts';
import { passwordState } from './password-state.ts';
import { upgradeHash } from './upgrade-hash.ts';

/** Where a password is hashed only so that a wrong one takes as long as a right one; everywhere else it is a new password. */
const comparesOnly = /^\/(sign-in|two-factor)\//;

/**
 * Which passwords are accepted and how they are kept, in every endpoint that sets one, plugins' own included: they all hash it
 * (ASVS 5.0 6.2, NIST SP 800-63B-4 section 3.1.1.2).
 */
export function passwordsPlugin({ hasher, peppers, rules }: PasswordSetup): BetterAuthPlugin {
  /** Throws what is wrong with a new password; else answers its hash, which need not be there yet. */
  async function begin(input: NewPassword): Promise<{ hash: Promise<string> }> {
    // Signing in, which most requests do, does not need it.
    const { requirePolicy, requireUnbreached } = await import('./new-password.ts');
    await requirePolicy(input, rules);
    const hash = hasher.hash(input.password);
    // Nobody may wait for it after a refusal.
    hash.catch(() => {});
    await requireUnbreached(input.password, rules);
    return { hash };
  }

  async function hash(password: string): Promise<string> {
    const endpoint = tryGetCurrentAuthEndpointContext() as GenericEndpointContext | undefined;
    if (!endpoint || comparesOnly.test(endpoint.path)) return hasher.hash(password);
    const { begun } = await passwordState();
    if (begun?.password === password) return begun.hash;
    const currentPassword = endpoint.path === '/change-password' ? endpoint.body.currentPassword : undefined;
    return (await begin({ password, owner: await passwordOwner(endpoint), currentPassword })).hash;
  }

  async function verify(input: { password: string; hash: string }): Promise<boolean> {
    const matches = await hasher.verify(input);
    if (matches) (await passwordState()).verified = input;
    return matches;
  }

  return {
    id: 'gatehouse-passwords',
    init: async ({ password }) => {
      // Where Lambda gives more CPU; while it cannot be read, the first password tries again.
      await peppers.current().catch(() => {});
      // Lengths are the policy's, which counts code points; of those one takes two of JavaScript's units at most.
      const config = { minPasswordLength: 1, maxPasswordLength: 2 * rules.policy.maxLength };
      return {
        context: { password: { ...password, hash, verify, config } },
        options: {
          databaseHooks: {
            session: {
              create: {
                before: async ({ userId }, endpoint) => {
                  const { verified } = await passwordState();
                  if (!verified || !endpoint?.path?.startsWith('/sign-in/')) return;
                  const { adapter, runInBackgroundOrAwait } = endpoint.context;
                  await runInBackgroundOrAwait(upgradeHash(hasher, adapter, userId, verified));
                },
              },
            },
            account: {
              update: {
                before: async ({ password }, endpoint) => {
                  const { verified } = await passwordState();
                  if (!verified || !password || endpoint?.path !== '/change-password') return;
                  await changeStoredHash(endpoint, endpoint.context.session!.user.id, verified.hash, password);
                },
              },
            },
          },
        },
      };
    },
    hooks: {
      before: [
        {
          matcher: ({ path, body }) => path === '/sign-up/email' && typeof body?.password === 'string',
          handler: createAuthMiddleware(async (endpoint) => {
            const { password } = endpoint.body;
            const { hash } = await begin({ password, owner: await passwordOwner(endpoint) });
            // Before the address is looked up: a known one takes one read more, which is lost in the time of the hash.
            (await passwordState()).begun = { password, hash };
          }),
        },
        {
          matcher: ({ path }) => path === '/change-password',
          handler: createAuthMiddleware(async ({ body }) => ({
            // Whatever the client asked for: the old password may be why it is changed (ASVS 5.0 7.4.3).
            context: { body: { ...body, revokeOtherSessions: true } },
          })),
        },
      ],
    },
  };
}
