import { createHash } from 'node:crypto';

/** The service did not say whether a password is known from a breach. */
export class BreachCheckUnavailableError extends Error {
  override readonly name = 'BreachCheckUnavailableError';
  readonly code = 'BREACH_CHECK_UNAVAILABLE';
}

export interface BreachRanges {
  readonly endpoint: string;
  /** Milliseconds, for the whole answer. */
  readonly timeout: number;
}

/** Suffix of a SHA-1 hash and how often it was seen; 0 for lines that only pad. */
const line = /^([\dA-F]{35}):(\d+)$/i;

/**
 * Whether a password is known from a breach, by Have I Been Pwned's range API. The service learns the first 5 hex digits of its SHA-1
 * hash, which hundreds of others share; padding hides from the network how many.
 *
 * @throws BreachCheckUnavailableError
 */
export async function isBreached(password: string, ranges: BreachRanges): Promise<boolean> {
  const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
  const entries = parse(await fetchRange(hash.slice(0, 5), ranges));
  return entries.some(([suffix, count]) => suffix === hash.slice(5) && count > 0);
}

async function fetchRange(prefix: string, { endpoint, timeout }: BreachRanges): Promise<string> {
  try {
    const response = await fetch(`${endpoint.replace(/\/$/, '')}/${prefix}`, {
      headers: { 'Add-Padding': 'true', 'User-Agent': 'cdk-gatehouse' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    if (response.status === 200) return await response.text();
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    throw new BreachCheckUnavailableError('the breach check did not answer', { cause });
  }
}

/** Every range has entries, so anything else is some proxy's page and no answer. */
function parse(text: string): [suffix: string, count: number][] {
  return text
    .trim()
    .split(/\r?\n/)
    .map((entry) => {
      const [, suffix, count] = line.exec(entry) ?? [];
      if (!suffix) throw new BreachCheckUnavailableError('the breach check answered something else');
      return [suffix.toUpperCase(), Number(count)];
    });
}
