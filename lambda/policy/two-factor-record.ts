import type { GenericEndpointContext } from 'better-auth';
import { getSessionFromCtx } from 'better-auth/api';

/** What the store knows of a user's second factor: Better Auth's model, and the step that was used last. */
export interface FactorRecord {
  readonly id: string;
  readonly userId: string;
  readonly secret: string;
  /** Codes that were looked at since the last right one. */
  readonly failedVerificationCount?: number | null;
  /** When a full count is forgotten. */
  readonly lockedUntil?: Date | null;
  /** RFC 6238, section 5.2: a code is accepted once. */
  readonly lastTotpStep?: number | null;
}

export const factorModel = 'twoFactor';

/** Fields that Better Auth's model gets beside its own. */
export const factorFields = {
  lastTotpStep: { type: 'number', required: false, defaultValue: 0, input: false, returned: false },
} as const;

export interface Verification {
  readonly factor: FactorRecord;
  /** The user is about to sign in; else a session stands already. */
  readonly isSignIn: boolean;
}

/** The factor that the request's code is for, found as Better Auth finds it: by the session, else by the challenge's cookie. */
export async function factorOf(ctx: GenericEndpointContext): Promise<Verification | undefined> {
  const session = await getSessionFromCtx(ctx);
  const userId = session ? session.user.id : await challengedUser(ctx);
  if (!userId) return undefined;
  const where = [{ field: 'userId', value: userId }];
  const factor = await ctx.context.adapter.findOne<FactorRecord>({ model: factorModel, where });
  return factor ? { factor, isSignIn: !session } : undefined;
}

async function challengedUser({ context, getSignedCookie }: GenericEndpointContext): Promise<string | undefined> {
  const challenge = await getSignedCookie(context.createAuthCookie('two_factor').name, context.secret);
  if (!challenge) return undefined;
  return (await context.internalAdapter.findVerificationValue(challenge))?.value;
}
