import type { KeyedHash } from '../../limits/lockout/derived-key.ts';
import { type DetectionTable, type Item, keptFor } from './detection-table.ts';
import type { SightedOrigin } from './origin-of.ts';

/** Which networks and browsers a user signed in with lately. Both methods reject when the table cannot be reached. */
export interface Places {
  /** What is new about a sign-in, without noting it. */
  look(userId: string, origin: SightedOrigin, at: number): Promise<News>;
  /** The same, and notes it: of parallel sign-ins from a new place exactly one has news. One UpdateItem. */
  note(userId: string, origin: SightedOrigin, at: number): Promise<News>;
}

export type News = 'NEW_NETWORK' | 'NEW_DEVICE' | undefined;

/** A user's row outlives what it remembers, so that one who returns after long is not taken for a new one. */
const rowLifetime = 365 * 24 * 3600;

/** More places than anybody has in a month; a row must not grow without an end. */
const maxPlaces = 64;

/**
 * One row a user, with an attribute for each network and browser that says when it was last seen. They are keyed hashes, so the table
 * does not tell where anybody was. A request whose answer is lost is repeated by the SDK and finds what it noted itself: that news is lost.
 *
 * @param memory seconds that a place stays known
 */
export function places(table: DetectionTable, hash: KeyedHash, memory: number): Places {
  const keyOf = (userId: string) => `places:${hash('places', userId)}`;
  // Short: rows have many, and it is their own user only whom two could confuse.
  const attributesOf = (userId: string, { network, browser }: SightedOrigin) => ({
    network: `n.${hash('network', userId, network).slice(0, 12)}`,
    browser: `b.${hash('browser', userId, browser).slice(0, 12)}`,
  });
  const stale = (item: Item, name: string, at: number) => Number(item[name]?.N ?? 0) <= at - memory * 1000;

  function newsIn(item: Item | undefined, userId: string, origin: SightedOrigin, at: number): News {
    // The first sign-in is from nowhere new.
    if (!item) return undefined;
    const { network, browser } = attributesOf(userId, origin);
    if (stale(item, network, at)) return 'NEW_NETWORK';
    return stale(item, browser, at) ? 'NEW_DEVICE' : undefined;
  }

  /** Stale ones, and the oldest of too many. If one is refreshed meanwhile, it is news once more. */
  async function forget(key: string, item: Item, at: number): Promise<void> {
    const byAge = Object.keys(item)
      .filter((name) => /^[nb]\./.test(name))
      .sort((a, b) => Number(item[a]!.N) - Number(item[b]!.N));
    if (byAge.length <= maxPlaces) return;
    const remove = byAge.filter((name, index) => stale(item, name, at) || index < byAge.length - maxPlaces);
    await table.change(key, at, { remove });
  }

  return {
    async look(userId, origin, at) {
      return newsIn(await table.read(keyOf(userId), at), userId, origin, at);
    },
    async note(userId, origin, at) {
      const key = keyOf(userId);
      const { network, browser } = attributesOf(userId, origin);
      const seen = { N: String(at) };
      const { before } = await table.change(key, at, {
        set: { [network]: seen, [browser]: seen, ...keptFor(at, rowLifetime) },
      });
      if (before) await forget(key, before, at);
      return newsIn(before, userId, origin, at);
    },
  };
}
