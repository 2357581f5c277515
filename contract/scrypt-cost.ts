/** The cost of scrypt (RFC 7914): memory is 128 · N · r bytes, time grows with N · r · p. */
export interface ScryptCost {
  /** A power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB a hash: of the sets below the one that suits a function with one vCPU. */
export const defaultCost: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };

/** Parameter sets of equal strength, from OWASP's Password Storage Cheat Sheet; anything below all of them is weaker. */
export const owaspCosts: readonly ScryptCost[] = [
  { N: 2 ** 17, r: 8, p: 1 },
  { N: 2 ** 16, r: 8, p: 2 },
  { N: 2 ** 15, r: 8, p: 3 },
  { N: 2 ** 14, r: 8, p: 5 },
  { N: 2 ** 13, r: 8, p: 10 },
];

const maxMemory = 2 ** 29;

/** Why these are no numbers to run scrypt with, whatever their strength; undefined when they are. */
export function costProblem({ N, r, p }: ScryptCost): string | undefined {
  if (![N, r, p].every((value) => Number.isInteger(value) && value > 0)) return 'must be whole numbers from 1';
  if (N < 2 || N > 2 ** 20 || !Number.isInteger(Math.log2(N))) {
    return `has N ${N}; allowed are powers of two from 2 to ${2 ** 20}`;
  }
  if (r > 32 || p > 16) return `has r ${r} and p ${p}; allowed are r up to 32 and p up to 16`;
  const memory = 128 * N * r;
  return memory > maxMemory ? `takes ${memory} bytes a hash; allowed are ${maxMemory}` : undefined;
}

/** Whether it is below every set that OWASP names. */
export const isWeakCost = (cost: ScryptCost): boolean =>
  !owaspCosts.some(({ N, r, p }) => cost.N >= N && cost.r >= r && cost.p >= p);

export const costText = ({ N, r, p }: ScryptCost): string => `N ${N}, r ${r}, p ${p}`;
