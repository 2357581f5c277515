import { APIError } from 'better-auth/api';
import type { RequestContext } from '../../gateway/request-context.ts';
import type { ObservedUser } from './observed-database.ts';
import { originOf } from './origin-of.ts';
import type { News, Places } from './places.ts';
import { failOpen, type Reporter } from './report-suspicion.ts';

/** A sign-in whose session is about to be stored, or was. */
export interface SignIn {
  readonly userId: string;
  /** The device signed in as this user before. */
  readonly knownDevice: boolean;
  readonly at: number;
  readonly user: () => Promise<ObservedUser | null | undefined>;
}

export interface SuspiciousSignIns {
  /** Asks the fork about a sign-in, if it has a say. @throws APIError SIGN_IN_BLOCKED, STEP_UP_REQUIRED */
  decide(request: RequestContext, signIn: SignIn): Promise<void>;
  /** Notes where it came from, and tells the user what is new. Never rejects. */
  note(request: RequestContext, signIn: SignIn): Promise<void>;
}

export function suspiciousSignIns(places: Places, { report, ask }: Reporter): SuspiciousSignIns {
  async function look(request: RequestContext, { userId, at }: SignIn): Promise<News | 'DETECTION_UNAVAILABLE'> {
    const news = await failOpen(request, async () => [await places.look(userId, originOf(request), at)] as const);
    return news ? news[0] : 'DETECTION_UNAVAILABLE';
  }

  return {
    async decide(request, signIn) {
      if (!ask || signIn.knownDevice) return;
      const reason = await look(request, signIn);
      if (!reason) return;
      const verdict = await ask(request, reason, signIn.userId);
      if (verdict === 'allow') return;
      const user = await signIn.user();
      if (verdict === 'step-up' && user?.twoFactorEnabled) {
        request.stepUp = true;
        return;
      }
      request.userId ??= signIn.userId;
      if (reason !== 'DETECTION_UNAVAILABLE') {
        const mail = user ? ({ kind: 'sign-in-blocked', to: user.email } as const) : undefined;
        await report(request, { reason, subject: { userId: signIn.userId }, mail });
      }
      throw verdict === 'step-up' ? stepUpRequired() : blocked();
    },

    note: (request, signIn) =>
      failOpen(request, async () => {
        const reason = await places.note(signIn.userId, originOf(request), signIn.at);
        if (!reason || signIn.knownDevice) return;
        const user = await signIn.user();
        const mail = user ? ({ kind: 'new-sign-in', to: user.email } as const) : undefined;
        await report(request, { reason, subject: { userId: signIn.userId }, mail });
      }),
  };
}

const blocked = () =>
  APIError.from('FORBIDDEN', {
    code: 'SIGN_IN_BLOCKED',
    message: 'This sign-in looks unusual and was not allowed. We have sent you a mail.',
  });

const stepUpRequired = () =>
  APIError.from('FORBIDDEN', {
    code: 'STEP_UP_REQUIRED',
    message: 'This sign-in looks unusual and needs a second factor, which your account does not have.',
  });
