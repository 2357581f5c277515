import { type CryptoKey, errors } from 'jose';
import { type FindKey, findKeyIn } from './find-key.ts';
import type { JSONWebKeySet } from './key-set.ts';
import type { TokenHeader } from './token-header.ts';
import { VerificationError } from './verification-error.ts';

/** Seconds between attempts while there is no key at all. */
const retryDelay = 1;

export interface CachedKeysInput {
  readonly load: () => Promise<JSONWebKeySet>;
  /** Seconds after which an attempt is given up: edge runtimes drop a cancelled request's timers too, so that `load` never ends. */
  readonly timeout: number;
  /** Seconds that a set is used before it is fetched again. */
  readonly maxAge: number;
  /** Seconds beyond `maxAge` that a set is still used while it cannot be fetched. */
  readonly maxStale: number;
  /** Seconds between attempts to fetch, whatever tokens ask for. */
  readonly cooldown: number;
  readonly now: () => Date;
}

/** Finds keys in a set that is fetched when needed: by one request at a time, and once more when it lacks a token's key. */
export function cachedKeys({ load, timeout, maxAge, maxStale, cooldown, now }: CachedKeysInput): FindKey {
  let cached: { readonly find: FindKey; readonly fetchedAt: number } | undefined;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let failure: { readonly cause: unknown } | undefined;
  let pending: Promise<void> | undefined;

  /** A clock that was set back makes everything old. */
  const since = (moment: number) => {
    const elapsed = now().getTime() / 1000 - moment;
    return elapsed < 0 ? Number.POSITIVE_INFINITY : elapsed;
  };
  const usable = (age: number) => (cached && since(cached.fetchedAt) < age ? cached : undefined);
  const wait = () => (usable(maxAge + maxStale) ? cooldown : retryDelay);

  async function attempt(): Promise<void> {
    const startedAt = now().getTime() / 1000;
    attemptedAt = startedAt;
    const isLatest = () => attemptedAt === startedAt;
    try {
      const find = findKeyIn(await load());
      if (isLatest()) [cached, failure] = [{ find, fetchedAt: startedAt }, undefined];
    } catch (cause) {
      if (isLatest()) failure = { cause };
    }
  }

  function giveUp(): void {
    pending = undefined;
    failure = { cause: new Error(`no answer within ${timeout} seconds`) };
  }

  /** Takes part in the attempt under way, makes one if it is time for it, or does nothing. */
  async function refresh(): Promise<void> {
    if (pending && since(attemptedAt) >= timeout) giveUp();
    // With a timer of its own: that of the attempt may be gone.
    if (pending) return Promise.race([pending, elapsed(timeout)]);
    if (since(attemptedAt) < wait()) return;
    const own = attempt().finally(() => {
      if (pending === own) pending = undefined;
    });
    pending = own;
    await own;
  }

  const unavailable = (kid: string) =>
    new VerificationError('KEYS_UNAVAILABLE', 'the keys of the issuer could not be fetched', {
      ...failure,
      details: { kid },
      retryAfter: Math.max(1, Math.ceil(Math.min(wait(), wait() - since(attemptedAt)))),
    });

  async function current(kid: string): Promise<FindKey> {
    if (!usable(maxAge)) await refresh();
    const keys = usable(maxAge + maxStale);
    if (!keys) throw unavailable(kid);
    return keys.find;
  }

  async function findOrFetch(header: TokenHeader): Promise<CryptoKey> {
    const find = await current(header.kid);
    try {
      return await find(header);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      // The key may be a new one: then it is not the token that is wrong.
      if (failure) throw unavailable(header.kid);
      return (await current(header.kid))(header);
    }
  }
  return findOrFetch;
}

const elapsed = (seconds: number) =>
  new Promise<void>((resolve) => {
    AbortSignal.timeout(seconds * 1000).addEventListener('abort', () => resolve(), { once: true });
  });
