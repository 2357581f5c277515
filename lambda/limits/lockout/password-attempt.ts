import { countWithin } from './counter-row.ts';
import type { CounterStore } from './counter-store.ts';
import { giveBack } from './give-back.ts';
import type { Reservation } from './reserve.ts';
import { type SetLock, setLock } from './set-lock.ts';

/** What is locked: the account for one source, for one known device, or for all unknown devices. */
export type LockScope = 'source' | 'device' | 'account';

export interface Lock extends SetLock {
  readonly scope: LockScope;
}

/** A guess at a password that has arrived. It must end in one of its methods; all of them reject when the table is out of reach. */
export interface PasswordAttempt {
  /** What refuses it: then the password must be answered as a wrong one, whatever it is. Undefined when nothing does. */
  readonly refusedBy: LockScope | undefined;
  /** It did not fail, or its password was never looked at. */
  giveBack(): Promise<void>;
  /** Failures and guesses in hand of the last so many seconds, this one among them, of the counter that has most of them. */
  recent(seconds: number): number;
  /** The password was wrong. Returns the locks that this set. */
  fail(): Promise<Lock[]>;
}

export interface ScopedReservation {
  readonly scope: LockScope;
  readonly reservation: Reservation;
}

export const refusedAttempt = (refusedBy: LockScope): PasswordAttempt => ({
  refusedBy,
  giveBack: async () => {},
  recent: () => 0,
  fail: async () => [],
});

export const admittedAttempt = (store: CounterStore, held: readonly ScopedReservation[]): PasswordAttempt => ({
  refusedBy: undefined,
  async giveBack() {
    await Promise.all(held.map(({ reservation }) => giveBack(store, reservation)));
  },
  recent: (seconds) =>
    Math.max(...held.map(({ reservation }) => countWithin(reservation.held, seconds, reservation.at))),
  async fail() {
    const locks = await Promise.all(
      held
        .filter(({ reservation }) => reservation.last)
        .map(async ({ scope, reservation }) => ({ scope, lock: await setLock(store, reservation) })),
    );
    return locks.flatMap(({ scope, lock }) => (lock ? [{ ...lock, scope }] : []));
  },
});
