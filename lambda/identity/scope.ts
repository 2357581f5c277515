import { IdentityStoreError, RowChanged } from './errors.ts';
import { type Item, keyOf } from './keys.ts';
import type { Layouts } from './layout.ts';
import type { Reader } from './reader.ts';
import type { Store } from './store.ts';
import { Unit } from './unit.ts';

/** What an operation works on: the table, or one transaction on it. */
export interface Scope {
  readonly store: Store;
  readonly layouts: Layouts;
  /** Inside a transaction all reads and writes go through its unit. */
  readonly unit?: Unit;
}

export const readerOf = ({ unit, store }: Scope): Reader => unit ?? store;

/** The item of a row that was found a moment ago: inside a transaction as found, since the commit is guarded; else read anew. */
export async function currentOf(scope: Scope, unit: Unit, item: Item): Promise<Item | undefined> {
  return scope.unit ? unit.latest(item) : (await unit.get([keyOf(item)]))[0];
}

const attempts = 10;

/**
 * Runs work that computes writes from what it reads. Inside a transaction it joins that; outside it commits at once, and
 * starts again on fresh rows when a rival changed one meanwhile.
 */
export async function atomically<T>(scope: Scope, work: (unit: Unit) => Promise<T>): Promise<T> {
  if (scope.unit) return work(scope.unit);
  return retrying(scope.store, async () => {
    const unit = new Unit(scope.store);
    const result = await work(unit);
    await unit.commit();
    return result;
  });
}

/**
 * Runs a transaction. The callback runs again when a rival got in its way: on a changed row several times, and once when a
 * unique value turned out to be taken at commit. That run finds it taken where the callback can still answer for it.
 */
export async function transact<T>(store: Store, callback: (unit: Unit) => Promise<T>): Promise<T> {
  let metRival = false;
  return retrying(store, async () => {
    const unit = new Unit(store, metRival);
    const result = await callback(unit);
    try {
      await unit.commit();
    } catch (error) {
      if (metRival || !(error instanceof IdentityStoreError) || error.code !== 'DUPLICATE') throw error;
      metRival = true;
      throw new RowChanged('unique value taken', { cause: error });
    }
    return result;
  });
}

async function retrying<T>(store: Store, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof RowChanged)) throw error;
      if (attempt >= attempts)
        throw new IdentityStoreError('CONFLICT', 'rivals kept changing the same rows', { cause: error });
      await store.backOff(attempt);
    }
  }
}
