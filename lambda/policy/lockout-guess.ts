import { logger } from '../audit/audit-log.ts';
import { type RequestContext, recordFailure, recordNotice } from '../gateway/request-context.ts';
import type { Arrival, Lockout } from '../limits/lockout/lockout.ts';
import { type Lock, type LockScope, type PasswordAttempt, refusedAttempt } from '../limits/lockout/password-attempt.ts';
import type { Guess } from './lockout-guard.ts';

/** Why a sign-in was refused that answered like a wrong password; on record only. */
const codes: Readonly<Record<LockScope, string>> = {
  source: 'SOURCE_LOCKED',
  device: 'DEVICE_LOCKED',
  account: 'ACCOUNT_LOCKED',
};

/** Starts to decide on a guess. */
export function startGuess(
  lockout: Lockout,
  arrival: Arrival,
  request: RequestContext,
  lookUp: Guess['lookUp'],
  tellOwner: (locks: readonly Lock[]) => Promise<void>,
  onFailure: (attempt: PasswordAttempt, locked: boolean) => Promise<void>,
): Guess {
  const attempt = lockout.arrive(arrival).catch(failClosed);
  let begun = false;
  let ended = false;
  return {
    attempt,
    lookUp,
    begin() {
      const first = !begun;
      begun = true;
      return first;
    },
    async settle(right, attempt) {
      ended = !right || attempt.refusedBy !== undefined;
      if (attempt.refusedBy) {
        // A table that cannot be reached refuses too; that is on record already.
        if (!request.failure) refuse(request, attempt.refusedBy);
        return false;
      }
      if (!right) await fail(attempt);
      return right;
    },
    giveBack() {
      if (!ended) request.pending.push(attempt.then(giveBack));
      ended = true;
    },
  };

  async function fail(attempt: PasswordAttempt): Promise<void> {
    const locks = await attempt.fail().catch((error: unknown) => {
      recordFailure('RATE_LIMIT_UNAVAILABLE', error);
      return [];
    });
    const noticed = onFailure(attempt, locks.length > 0);
    if (locks.length > 0) {
      request.concealedCode = codes[widest(locks)];
      recordNotice('account_locked');
      await tellOwner(locks);
    }
    await noticed;
  }
}

/** Whatever would be answered, the answer is a 503 now. */
function failClosed(error: unknown): PasswordAttempt {
  recordFailure('RATE_LIMIT_UNAVAILABLE', error);
  return refusedAttempt('account');
}

function refuse(request: RequestContext, scope: LockScope): void {
  request.concealedCode = codes[scope];
  request.refusedByLock = true;
}

const widest = (locks: readonly Lock[]): LockScope =>
  locks.find(({ scope }) => scope === 'account')?.scope ?? locks[0]!.scope;

/** Harmless if it is lost: one failure too many counts. */
async function giveBack(attempt: PasswordAttempt): Promise<void> {
  await attempt.giveBack().catch((error: unknown) => {
    logger.warn('a guess was not given back', { errorName: (error as Error).name });
  });
}
