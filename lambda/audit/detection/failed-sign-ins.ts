import type { DBAdapter } from 'better-auth';
import type { RequestContext } from '../../gateway/request-context.ts';
import { type LoginName, loginOf } from '../../limits/lockout/login.ts';
import type { PasswordAttempt } from '../../limits/lockout/password-attempt.ts';
import { nameSubject } from '../audit-plugin.ts';
import { failOpen, type Reporter } from './report-suspicion.ts';
import type { ToldFailures } from './told-failures.ts';

/** A wrong password that was looked at, as the lockout has counted it. */
export interface FailedSignIn {
  readonly attempt: PasswordAttempt;
  readonly login: LoginName;
  /** The failure locked something: its owner gets a mail about that. */
  readonly locked: boolean;
  readonly adapter: Pick<DBAdapter, 'findOne'>;
}

export type OnFailure = (request: RequestContext, failure: FailedSignIn) => Promise<void>;

interface Dependencies {
  readonly told: ToldFailures;
  readonly failures: number;
  /** Seconds. */
  readonly window: number;
  readonly reports: Reporter;
  readonly now: () => Date;
}

/**
 * Tells of many wrong passwords for one account. The lockout's counters say how many there were, so nothing is counted here. For an
 * account that does not exist the same is asked of the table and queued, so that the answer takes as long; the mailer drops it.
 */
export function failedSignIns({ told, failures, window, reports, now }: Dependencies): OnFailure {
  return async (request, { attempt, login, locked, adapter }) => {
    if (!locked && attempt.recent(window) < failures) return;
    await failOpen(request, async () => {
      if (!(await told(loginOf(login), now().getTime()))) return;
      const owner = await adapter.findOne<{ id: string; email: string }>({
        model: 'user',
        where: [{ field: login.field, value: login.value }],
      });
      if (owner) nameSubject(owner.id);
      const to = { to: owner?.email ?? login.value, ...(!owner && { discard: true as const }) };
      const mail = locked ? undefined : ({ kind: 'failed-sign-ins', ...to } as const);
      await reports.report(request, { reason: 'FAILED_SIGN_INS', subject: { userId: owner?.id }, mail });
      await reports.ask?.(request, 'FAILED_SIGN_INS', owner?.id);
    });
  };
}
