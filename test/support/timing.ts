import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';

/** What two kinds of request took; milliseconds. */
export interface TimingComparison {
  readonly medians: readonly [first: number, second: number];
  readonly difference: number;
  /** The larger of 5 ms and 10 % of the longer median, and the noise: differences below it do not tell the two apart. */
  readonly tolerance: number;
  readonly distinguishable: boolean;
}

/** One request of its kind; the index tells pairs apart, so that each may use an account and a source of its own. */
export type TimedRequest = (pair: number) => Promise<unknown>;

const warmUp = 5;

/**
 * Do two kinds of request take different times? They run in pairs, one at a time and in random order within a pair, so that
 * whatever else the machine does falls on both alike; their medians are compared. Show beside every "they do not" that a leak is
 * caught: compare the same request with one that is deliberately slower.
 */
export async function compareTimes(first: TimedRequest, second: TimedRequest, pairs = 200): Promise<TimingComparison> {
  const [one, other] = await medianTimes([first, second], pairs);
  return compareMedians(one!, other!);
}

/** The same for several kinds at once, which run in turns. Milliseconds. */
export async function medianTimes(requests: readonly TimedRequest[], turns = 200): Promise<number[]> {
  const times = requests.map((): number[] => []);
  for (let turn = -warmUp; turn < turns; turn++) {
    for (const which of shuffled(requests.length)) {
      const time = await timeOf(() => requests[which]!(turn));
      if (turn >= 0) times[which]!.push(time);
    }
  }
  return times.map(median);
}

/** @param noise by how much the medians of two identical kinds differed in the same turns: a busy machine does no more than that */
export function compareMedians(first: number, second: number, noise = 0): TimingComparison {
  const difference = Math.abs(first - second);
  const tolerance = Math.max(5, 0.1 * Math.max(first, second)) + noise;
  return { medians: [first, second], difference, tolerance, distinguishable: difference >= tolerance };
}

/** The numbers below `count` in random order (Fisher and Yates). */
function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
