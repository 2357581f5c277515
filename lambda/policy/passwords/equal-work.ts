import type { ScryptCost } from '../../../contract/scrypt-cost.ts';

/** Time that scrypt takes, in rounds of its mixing function. */
const workOf = ({ N, r, p }: ScryptCost): number => N * r * p;

/**
 * What still has to be computed after a hash of one cost so that it took as long as one of another, which is what an unknown
 * address takes: else a wrong password would tell that an account exists whose hash is old. Undefined when nothing is missing.
 */
export function missingWork(done: ScryptCost | undefined, wanted: ScryptCost): ScryptCost | undefined {
  if (!done) return wanted;
  const blocks = (workOf(wanted) - workOf(done)) / wanted.r;
  if (blocks < 2) return undefined;
  const N = Math.min(wanted.N, 2 ** Math.floor(Math.log2(blocks)));
  return { N, r: wanted.r, p: Math.round(blocks / N) };
}

/** In memory or in time: either makes guessing cheaper. */
export const isCheaper = (cost: ScryptCost, than: ScryptCost): boolean =>
  cost.N * cost.r < than.N * than.r || workOf(cost) < workOf(than);
