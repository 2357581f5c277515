import type { DBAdapter, Where } from 'better-auth';
import { APIError } from 'better-auth/api';
import { TWO_FACTOR_ERROR_CODES as messages } from 'better-auth/plugins';
import { requestContext } from '../gateway/request-context.ts';
import { type FactorRecord, factorModel } from './two-factor-record.ts';

export interface GuessLimits {
  readonly maxAttempts: number;
  readonly lockoutMinutes: number;
}

/**
 * Pays for one guess before the code is looked at. Better Auth counts a wrong one afterwards, so that parallel guesses would all be
 * looked at before the first is counted. Here the condition of one write admits `maxAttempts` of them, however many come at once.
 */
export async function payForGuess(adapter: DBAdapter, factor: FactorRecord, limits: GuessLimits, now: Date) {
  const lockedUntil = new Date(now.getTime() + limits.lockoutMinutes * 60_000);
  const full = isFull(factor, limits);
  if (full && isLocked(factor, now)) throw locked();
  const paid = await adapter.incrementOne<FactorRecord>({
    model: factorModel,
    where: [{ field: 'id', value: factor.id }, ...(full ? lockIsOver(now) : notFull(limits))],
    increment: full ? {} : { failedVerificationCount: 1 },
    set: full ? { failedVerificationCount: 1, lockedUntil } : { lockedUntil },
  });
  if (!paid) throw locked();
}

/**
 * Accepts the code of a step once, and clears the count: the same condition refuses a step that is not newer than the last one,
 * and a user who is locked.
 */
export async function acceptStep(
  adapter: DBAdapter,
  factor: FactorRecord,
  step: number,
  limits: GuessLimits,
  now: Date,
) {
  if (isFull(factor, limits) && isLocked(factor, now)) throw locked();
  const accepted = await adapter.incrementOne<FactorRecord>({
    model: factorModel,
    where: [
      { field: 'id', value: factor.id },
      ...(isFull(factor, limits) ? lockIsOver(now) : notFull(limits)),
      newerThanLast(factor, step),
    ],
    increment: {},
    set: { lastTotpStep: step, failedVerificationCount: 0, lockedUntil: null },
  });
  if (accepted) return;
  const context = requestContext();
  if (context) context.concealedCode = 'TOTP_CODE_USED';
  throw APIError.from('UNAUTHORIZED', messages.INVALID_CODE);
}

/** A right code was shown: the next wrong one is the first again. */
export async function forgetGuesses(adapter: DBAdapter, factor: FactorRecord) {
  const where = [{ field: 'id', value: factor.id }];
  await adapter.update({
    model: factorModel,
    where,
    update: { failedVerificationCount: 0, lockedUntil: null },
  });
}

const isFull = ({ failedVerificationCount }: FactorRecord, { maxAttempts }: GuessLimits) =>
  (failedVerificationCount ?? 0) >= maxAttempts;

const isLocked = ({ lockedUntil }: FactorRecord, now: Date) => !!lockedUntil && new Date(lockedUntil) > now;

const notFull = ({ maxAttempts }: GuessLimits): Where[] => [
  { field: 'failedVerificationCount', operator: 'lt', value: maxAttempts },
];

const lockIsOver = (now: Date): Where[] => [{ field: 'lockedUntil', operator: 'lte', value: now }];

/** A record from before steps were remembered has none. */
const newerThanLast = ({ lastTotpStep }: FactorRecord, step: number): Where =>
  lastTotpStep === null || lastTotpStep === undefined
    ? { field: 'lastTotpStep', value: null }
    : { field: 'lastTotpStep', operator: 'lt', value: step };

const locked = () => APIError.from('TOO_MANY_REQUESTS', messages.ACCOUNT_TEMPORARILY_LOCKED);
