/**
 * Lists of networks that operators edit without a deployment: one row of the rate-limit table. Sources on `suspicious` get stricter
 * limits; those on `admin` may use the admin endpoints, beside the configured networks, and get laxer ones.
 */
export const networkListNames = ['suspicious', 'admin'] as const;
export type NetworkListName = (typeof networkListNames)[number];

export const networkListsRow = {
  /** No counter has such a key: theirs end with a window. */
  key: 'networks',
  /** Attribute: grows with each edit, so that no edit overwrites another one. */
  version: 'version',
  /** Attribute in each entry of a list: the network in CIDR notation. */
  network: 'network',
} as const;

/** Entries that a list may have: more would make the row too large to read every minute. */
export const maxNetworks = 1000;
