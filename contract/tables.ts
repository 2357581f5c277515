/** Key and index attributes of the identity table. */
export const identityTableKeys = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Numeric, epoch seconds. */
  timeToLive: 'ttl',
  /** Sparse index that lists the rows of a model for administrators; eventually consistent, never on a hot path. */
  directory: { indexName: 'directory', partitionKey: 'dirPk', sortKey: 'dirSk' },
} as const;

/** Key attributes of the rate-limit table. */
export const rateLimitTableKeys = {
  partitionKey: 'pk',
  /** Numeric, epoch seconds. */
  timeToLive: 'ttl',
} as const;
