import { describe, expect, test } from '@jest/globals';
import { defaultCost, owaspCosts } from '../../../../contract/scrypt-cost.ts';
import { missingWork } from '../../../../lambda/policy/passwords/equal-work.ts';

const workOf = ({ N, r, p }: { N: number; r: number; p: number }) => N * r * p;
const betterAuth = { N: 2 ** 14, r: 16, p: 1 };

describe('the work that is missing after an old hash', () => {
  test('of Better Auth makes a wrong password cost exactly what an unknown address costs', () => {
    const missing = missingWork(betterAuth, defaultCost)!;
    expect(workOf(betterAuth) + workOf(missing)).toBe(workOf(defaultCost));
  });

  const pairs = owaspCosts.flatMap((done) => owaspCosts.map((wanted) => [done, wanted] as const));
  test.each(pairs)('%j to %j is within an eighth, and takes no more memory', (done, wanted) => {
    const missing = missingWork(done, wanted);
    if (workOf(done) >= workOf(wanted)) return expect(missing).toBeUndefined();
    expect(Math.abs(workOf(done) + workOf(missing!) - workOf(wanted))).toBeLessThanOrEqual(workOf(wanted) / 8);
    expect(missing!.N).toBeLessThanOrEqual(wanted.N);
  });

  test('is all of it after no hash, and none after a dearer one', () => {
    expect(missingWork(undefined, defaultCost)).toEqual(defaultCost);
    expect(missingWork(defaultCost, defaultCost)).toBeUndefined();
    expect(missingWork({ ...defaultCost, p: 4 }, defaultCost)).toBeUndefined();
  });
});
