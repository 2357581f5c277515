import { readFileSync } from 'node:fs';

/** How a price came here: read on AWS's own page, in a copy of it or a report on it by others, or from memory. */
type Reading = 'page' | 'copy' | 'no';

export interface Price {
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  readonly page: string;
  readonly read: Reading;
}

interface Bracket {
  /** Monthly users up to whom the price holds; those below are charged by the brackets before. */
  readonly upTo: number;
  /** Dollars per user. */
  readonly usd: number;
}

interface Prices {
  readonly region: string;
  readonly date: string;
  readonly prices: Readonly<Record<string, Price>>;
  readonly cognito: {
    readonly page: string;
    readonly read: Reading;
    readonly tiers: Readonly<Record<string, readonly Bracket[]>>;
  };
}

export const prices: Prices = JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8'));

/** Dollars for amounts of priced things. Throws for a thing without a price. */
export function costOf(amounts: Readonly<Record<string, number>>): number {
  return Object.entries(amounts).reduce((sum, [name, amount]) => {
    const price = prices.prices[name];
    if (!price) throw new Error(`'${name}' has no price; priced are ${Object.keys(prices.prices).join(', ')}`);
    return sum + (amount * price.usd) / price.per;
  }, 0);
}

/** Dollars a month for a Cognito tier. */
export function cognitoCost(tier: string, users: number): number {
  let below = 0;
  let cost = 0;
  for (const { upTo, usd } of prices.cognito.tiers[tier] ?? []) {
    cost += Math.max(0, Math.min(users, upTo) - below) * usd;
    below = upTo;
  }
  return cost;
}
