/** Longest window, in seconds: counters are kept for a window. */
const longestWindow = 30 * 24 * 3600;
/** Attempts that may be given back are kept one by one, in one item of the table, which is written anew with each. */
export const mostFailures = 1000;

const keyPart = /^(source|account|user|route|header:[\w-]+)$/;
const fields = ['window', 'max', 'key', 'count', 'name', 'message'];

/** What is wrong with one limit or a list of them, in words that follow its setting; undefined when nothing is. */
export function limitsProblem(value: unknown): string | undefined {
  const limits = Array.isArray(value) ? value : [value];
  if (limits.length === 0) return 'is an empty list; allowed are limits, or false for none';
  for (const limit of limits) {
    const problem = limitProblem(limit);
    if (problem) return problem;
  }
  const names = limits.map(({ name, key = ['source'] }) => name ?? key.join());
  return new Set(names).size < names.length
    ? 'has limits with the same key; give each a name, which clients see in RateLimit-Policy'
    : undefined;
}

function limitProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) {
    return `is ${JSON.stringify(value)}; allowed is a limit such as { window: 60, max: 100 }`;
  }
  const limit = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(limit).find((field) => !fields.includes(field));
  if (unknown) return `has '${unknown}'; allowed are ${fields.join(', ')}`;
  const { window, max, key = ['source'], count = 'requests', name = '', message = '' } = limit;
  if (!isWhole(window, 1, longestWindow))
    return `has window ${shown(window)}; allowed are 1 to ${longestWindow} seconds`;
  if (!isWhole(max, 0, 1_000_000)) return `has max ${shown(max)}; allowed are whole numbers from 0 to 1000000`;
  if (count !== 'requests' && count !== 'failures')
    return `has count ${shown(count)}; allowed are 'requests' and 'failures'`;
  if (count === 'failures' && !isWhole(max, 0, mostFailures)) {
    return `has max ${shown(max)}; allowed with count 'failures' are at most ${mostFailures}`;
  }
  if (!Array.isArray(key) || key.length === 0 || !key.every((part) => keyPart.test(String(part)))) {
    return `has key ${shown(key)}; allowed are lists of source, account, user, route and header:<name>`;
  }
  if (typeof name !== 'string' || !/^[ -~]*$/.test(name)) return `has name ${shown(name)}; allowed is printable ASCII`;
  return typeof message === 'string' ? undefined : `has message ${shown(message)}; allowed is a text`;
}

/** Requests a second that a limit or a list of them admits in the long run. */
export function rateOf(value: unknown): number {
  const limits = (Array.isArray(value) ? value : [value]) as readonly { max: number; window: number }[];
  return Math.min(...limits.map(({ max, window }) => max / window));
}

const isWhole = (value: unknown, from: number, to: number): boolean =>
  Number.isInteger(value) && (value as number) >= from && (value as number) <= to;

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);
