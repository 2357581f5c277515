import { createHash } from 'node:crypto';
import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { rateLimitTableKeys } from '../../contract/tables.ts';

export interface RateLimitRule {
  /** Length of the window, in seconds. */
  readonly window: number;
  /** How many requests a window admits. */
  readonly max: number;
}

export interface RateLimitDecision {
  readonly allowed: boolean;
  /** Requests left in this window. */
  readonly remaining: number;
  /** Seconds until the window ends, at least 1. */
  readonly reset: number;
  /** Seconds to wait before the next try; null when allowed. */
  readonly retryAfter: number | null;
}

export interface RateLimit {
  /** Counts one request under `key` and decides it. Throws when the table cannot be reached: the caller fails closed. */
  consume(key: string, rule: RateLimitRule): Promise<RateLimitDecision>;
}

export interface RateLimitOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** @default the system clock */
  readonly now?: () => Date;
}

/**
 * An exact limiter that all instances share: one conditional UpdateItem decides a request, so of M parallel requests exactly
 * `max` pass. Windows are fixed and aligned to the clock: steady traffic below the limit is never blocked, and a burst over a
 * window's edge is bounded by 2 × `max`.
 */
export function dynamodbRateLimit({ client, tableName, now = () => new Date() }: RateLimitOptions): RateLimit {
  return {
    async consume(key, { window, max }) {
      const seconds = now().getTime() / 1000;
      const windowStart = Math.floor(seconds / window) * window;
      const reset = Math.max(1, Math.ceil(windowStart + window - seconds));
      const denied: RateLimitDecision = { allowed: false, remaining: 0, reset, retryAfter: reset };
      if (max <= 0) return denied;
      try {
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: { [rateLimitTableKeys.partitionKey]: { S: counterKey(key, window, windowStart) } },
            UpdateExpression: 'ADD #count :one SET #ttl = :ttl',
            ConditionExpression: 'attribute_not_exists(#count) OR #count < :max',
            ExpressionAttributeNames: { '#count': 'count', '#ttl': rateLimitTableKeys.timeToLive },
            ExpressionAttributeValues: {
              ':one': { N: '1' },
              ':max': { N: String(max) },
              ':ttl': { N: String(Math.ceil(windowStart + window)) },
            },
            ReturnValues: 'UPDATED_NEW',
          }),
        );
        return { allowed: true, remaining: max - Number(Attributes?.count?.N), reset, retryAfter: null };
      } catch (error) {
        // By name: a client of another copy of the SDK throws another class.
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return denied;
        throw error;
      }
    },
  };
}

/** Hashed: keys hold client-chosen paths of any length, and addresses that need not lie in a table in clear. */
function counterKey(key: string, window: number, windowStart: number): string {
  return `${createHash('sha256').update(key).digest('base64url')}:${window}:${windowStart}`;
}
