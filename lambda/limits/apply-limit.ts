import { limitKey, type RequestFacts } from './limit-key.ts';
import type { AppliedLimit, Limit } from './limit-options.ts';
import type { RateLimit } from './rate-limit.ts';

/** @param counter names the limit, so that limits with the same key do not share a count. */
export async function applyLimit(
  rateLimit: RateLimit,
  limit: Limit & { readonly message: string },
  counter: string,
  facts: RequestFacts,
): Promise<AppliedLimit> {
  const { window, max, key: parts = ['source'], message } = limit;
  const key = await limitKey(counter, parts, facts);
  const decide = limit.count === 'failures' ? rateLimit.reserve : rateLimit.consume;
  const decision = await decide(key, { window, max });
  return { ...decision, window, max, message, name: limit.name ?? nameOf(parts) };
}

/** As a key of a structured field (RFC 8941 section 3.3.3) it is quoted, so header names may stand in it. */
const nameOf = (parts: readonly string[]): string => {
  const named = parts.filter((part) => part !== 'route').map((part) => part.replace(':', '-'));
  return named.length > 0 ? named.join('-') : 'route';
};
