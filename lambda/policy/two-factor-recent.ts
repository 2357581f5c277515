import type { GenericEndpointContext } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';

/** Changes to the second factor that Better Auth asks the password for, of users who have one. */
const changes = [
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/generate-backup-codes',
  '/two-factor/get-totp-uri',
];

/** Minutes after a sign-in in which it still shows who is there. */
const recent = 10;

/** Users without a password, who came by a social account say, show by a recent sign-in that it is them (ASVS 5.0 7.5.1). */
export const recentSignIn = (now: () => Date) => ({
  matcher: ({ path }: { path?: string }) => changes.includes(path ?? ''),
  handler: createAuthMiddleware(async (ctx) => {
    const session = await getSessionFromCtx(ctx);
    if (!session) return;
    if (now().getTime() - new Date(session.session.createdAt).getTime() <= recent * 60_000) return;
    // Better Auth looks at a password where there is one, and ignores it where there is none.
    if (ctx.body?.password && (await hasPassword(ctx, session.user.id))) return;
    throw APIError.from('FORBIDDEN', {
      code: 'SESSION_NOT_FRESH',
      message: `The sign-in is too old for this; allowed are ${recent} minutes. Please sign in again.`,
    });
  }),
});

const hasPassword = async ({ context }: GenericEndpointContext, userId: string): Promise<boolean> =>
  Boolean((await context.internalAdapter.findCredentialAccount(userId))?.password);
