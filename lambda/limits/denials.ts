/** Counters of which it is known that they admit no more, by counter key. Knowing it spares the table what hammers at one row. */
export interface Denials {
  /** Whether the counter is known to hold `max` or more. */
  has(counter: string, max: number, at: number): boolean;
  /** @param until milliseconds since the epoch */
  add(counter: string, max: number, until: number): void;
  remove(counter: string): void;
}

/** @param capacity beyond it the oldest is forgotten, which costs a request to the table and nothing else. */
export function createDenials(capacity = 10_000): Denials {
  const known = new Map<string, { readonly max: number; readonly until: number }>();
  return {
    has(counter, max, at) {
      const denial = known.get(counter);
      if (denial && denial.until <= at) known.delete(counter);
      return denial !== undefined && at < denial.until && denial.max >= max;
    },
    add(counter, max, until) {
      known.delete(counter);
      known.set(counter, { max, until });
      const [oldest] = known.keys();
      if (known.size > capacity && oldest !== undefined) known.delete(oldest);
    },
    remove(counter) {
      known.delete(counter);
    },
  };
}
