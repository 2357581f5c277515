import { APIError, createAuthEndpoint } from 'better-auth/api';
import * as z from 'zod';
import { unlockPath } from '../../contract/routes.ts';
import { nameSubject } from '../audit/audit-plugin.ts';
import { recordFailure } from '../gateway/request-context.ts';
import type { Lockout } from '../limits/lockout/lockout.ts';
import { loginsOf } from '../limits/lockout/login.ts';
import type { UnlockTokens } from '../limits/lockout/unlock-tokens.ts';
import { requirePermission } from './require-permission.ts';

const token = z.string().max(1024);

/** Nobody else may: whoever can unban a user can unlock one. */
const mayUnlock = requirePermission(
  { user: ['ban'] },
  {
    code: 'YOU_ARE_NOT_ALLOWED_TO_UNLOCK_USERS',
    message: 'Unlocking a user needs the permission to ban.',
  },
);

/** What lifts locks: the mailed link, and an administrator. */
export function unlockEndpoints(lockout: Lockout, tokens: UnlockTokens) {
  return {
    /** Shows a button. Following a link changes nothing, since mail scanners follow links too. */
    showUnlock: createAuthEndpoint(unlockPath, { method: 'GET', query: z.object({ token }) }, async ({ query }) =>
      (await import('./unlock-page.ts')).unlockPage(query.token),
    ),

    /** Lifts the lock that a mailed link names, once. 400 `INVALID_TOKEN` when it no longer stands. */
    unlockAccount: createAuthEndpoint(
      unlockPath,
      {
        method: 'POST',
        body: z.object({ token }),
        metadata: { allowedMediaTypes: ['application/x-www-form-urlencoded', 'application/json'] },
      },
      async ({ body, json, headers }) => {
        const claim = tokens.read(body.token);
        if (!claim || !(await failClosed(lockout.lift(claim)))) {
          throw APIError.from('BAD_REQUEST', {
            code: 'INVALID_TOKEN',
            message: 'This link was used before, or the lock has ended. You can sign in.',
          });
        }
        nameSubject(claim.userId);
        const isForm = !headers?.get('content-type')?.includes('json');
        return isForm ? (await import('./unlock-page.ts')).unlockedPage() : json({ status: true });
      },
    ),

    /** Lifts every lock of a user, of all sources and devices. Needs the permission to ban. */
    unlockUser: createAuthEndpoint(
      '/admin/unlock-user',
      { method: 'POST', body: z.object({ userId: z.string().min(1).max(128) }), use: [mayUnlock] },
      async ({ body, json, context }) => {
        const user = await context.internalAdapter.findUserById(body.userId);
        if (!user) throw APIError.from('NOT_FOUND', { code: 'USER_NOT_FOUND', message: 'There is no such user.' });
        await failClosed(lockout.unlock(loginsOf(user)));
        return json({ status: true });
      },
    ),
  };
}

/** An unlock that was not stored must not be answered with success. */
export async function failClosed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    recordFailure('RATE_LIMIT_UNAVAILABLE', error);
    throw error;
  }
}
