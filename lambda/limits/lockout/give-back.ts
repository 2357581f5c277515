import type { CounterChange, CounterStore } from './counter-store.ts';
import type { Reservation } from './reserve.ts';

/**
 * Undoes a reservation whose attempt did not fail. Where nothing else happened in between, the row is as it was; else only the place
 * is freed. If it is lost, one failure too many counts.
 */
export async function giveBack(store: CounterStore, reservation: Reservation): Promise<void> {
  const { done, before } = await store.change(reservation.key, restore(reservation));
  if (!done && before?.failures.includes(reservation.stamp)) {
    await store.change(reservation.key, removeFailure(reservation));
  }
}

// The time to live alone does not tell: somebody who failed in the same second set the same one, and must not be forgotten early.
const restore = ({ stamp, held, timeToLive, previousTimeToLive }: Reservation): CounterChange => ({
  update: 'DELETE #failures :stamps SET #ttl = :previous',
  condition: '#failures = :held AND #ttl = :ttl',
  values: { ':stamps': [stamp], ':held': held, ':ttl': timeToLive, ':previous': previousTimeToLive },
});

const removeFailure = ({ stamp }: Reservation): CounterChange => ({
  update: 'DELETE #failures :stamps',
  condition: 'contains(#failures, :stamp)',
  values: { ':stamps': [stamp], ':stamp': stamp },
});
