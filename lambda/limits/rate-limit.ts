import { createHash, randomBytes } from 'node:crypto';
import { type AttributeValue, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { rateLimitTableKeys } from '../../contract/tables.ts';
import { createDenials } from './denials.ts';

/** How many requests a window admits. */
export interface RateLimitRule {
  /** Length of the window, in seconds. */
  readonly window: number;
  /** How many requests a window admits. */
  readonly max: number;
}

/** Whether a request may go on, as the RateLimit headers of HTTP tell it. */
export interface RateLimitDecision {
  readonly allowed: boolean;
  /** Requests left in this window. */
  readonly remaining: number;
  /** Seconds until the window ends, at least 1. */
  readonly reset: number;
  /** Seconds to wait before the next try; null when allowed. */
  readonly retryAfter: number | null;
}

/** A decision on an attempt that counts only if it fails. */
export interface Reservation extends RateLimitDecision {
  /**
   * Takes the attempt out of the count of its window, once; nothing happens when the window has ended, or when it was denied. Rejects
   * when the table cannot be reached: the attempt then stays counted, which is the safe side.
   */
  giveBack(): Promise<void>;
}

/** A limiter that all instances share. */
export interface RateLimit {
  /** Counts one request under `key` and decides it. Throws when the table cannot be reached: the caller fails closed. */
  consume(key: string, rule: RateLimitRule): Promise<RateLimitDecision>;
  /**
   * The same for what counts only when it fails: it is counted on arrival, so that parallel attempts cannot slip through together, and
   * given back on success. Each attempt is kept by an id, about ten bytes: for a `max` of hundreds, not of thousands.
   */
  reserve(key: string, rule: RateLimitRule): Promise<Reservation>;
}

/** Where the counters are. */
export interface RateLimitOptions {
  /** Its credentials need `dynamodb:UpdateItem` on the table. */
  readonly client: DynamoDBClient;
  /** A table as `rateLimitTable` defines it. */
  readonly tableName: string;
  /** @default the system clock */
  readonly now?: () => Date;
}

/** For so many milliseconds a denial holds that a give-back could lift; the table sees one request for it in that time. */
const liftableDenial = 1000;

/**
 * An exact limiter that all instances share: one conditional UpdateItem decides a request, so of M parallel requests exactly
 * `max` pass. Windows are fixed and aligned to the clock: steady traffic below the limit is never blocked, and a burst over a
 * window's edge is bounded by 2 × `max`. What is counted is never taken back, so a denial is final until the window ends, and is
 * not asked for again.
 */
export function dynamodbRateLimit({ client, tableName, now = () => new Date() }: RateLimitOptions): RateLimit {
  const denials = createDenials();

  /** One UpdateItem on the row of a window. Undefined when its condition did not hold. */
  async function update(row: string, change: Change): Promise<Record<string, AttributeValue> | undefined> {
    const { expression, condition, names, values } = change;
    try {
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { [rateLimitTableKeys.partitionKey]: { S: row } },
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Attributes;
    } catch (error) {
      // By name: a client of another copy of the SDK throws another class.
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
      throw error;
    }
  }

  /** @param counted how many there are with this one, or undefined when there was no room. */
  async function decide(
    key: string,
    { window, max }: RateLimitRule,
    count: (row: string, timeToLive: AttributeValue) => Promise<number | undefined>,
    deniedFor: number,
  ): Promise<RateLimitDecision & { readonly row: string; readonly windowEnd: number }> {
    const at = now().getTime();
    const windowStart = Math.floor(at / 1000 / window) * window;
    const windowEnd = (windowStart + window) * 1000;
    const reset = Math.max(1, Math.ceil((windowEnd - at) / 1000));
    const row = counterKey(key, window, windowStart);
    const denied = { allowed: false, remaining: 0, reset, retryAfter: reset, row, windowEnd };
    if (max <= 0 || denials.has(row, max, at)) return denied;
    const counted = await count(row, { N: String(Math.ceil(windowStart + window)) });
    if (counted === undefined) {
      denials.add(row, max, Math.min(windowEnd, at + deniedFor));
      return denied;
    }
    return { ...denied, allowed: true, remaining: max - counted, retryAfter: null };
  }

  return {
    async consume(key, rule) {
      const { allowed, remaining, reset, retryAfter } = await decide(
        key,
        rule,
        async (row, timeToLive) => {
          const counted = await update(row, addOne(rule.max, timeToLive));
          return counted && Number(counted.count?.N);
        },
        Number.POSITIVE_INFINITY,
      );
      return { allowed, remaining, reset, retryAfter };
    },

    async reserve(key, rule) {
      const id = randomBytes(6).toString('base64url');
      const { row, windowEnd, ...decision } = await decide(
        key,
        rule,
        async (row, timeToLive) => {
          const reserved = await update(row, addId(id, rule.max, timeToLive));
          return reserved && (reserved.attempts?.SS?.length ?? 0);
        },
        liftableDenial,
      );
      let given: Promise<unknown> | undefined;
      return {
        ...decision,
        async giveBack() {
          if (!decision.allowed || now().getTime() >= windowEnd) return;
          given ??= update(row, removeId(id));
          await given;
          denials.remove(row);
        },
      };
    },
  };
}

interface Change {
  readonly expression: string;
  readonly condition: string;
  readonly names: Record<string, string>;
  readonly values: Record<string, AttributeValue>;
}

const addOne = (max: number, timeToLive: AttributeValue): Change => ({
  expression: 'ADD #count :one SET #ttl = :ttl',
  condition: 'attribute_not_exists(#count) OR #count < :max',
  names: { '#count': 'count', '#ttl': rateLimitTableKeys.timeToLive },
  values: { ':one': { N: '1' }, ':max': { N: String(max) }, ':ttl': timeToLive },
});

// A set of ids rather than a number: the SDK repeats a request whose answer was lost, and must not count or give back twice.
const addId = (id: string, max: number, timeToLive: AttributeValue): Change => ({
  expression: 'ADD #attempts :ids SET #ttl = :ttl',
  condition: 'attribute_not_exists(#attempts) OR size(#attempts) < :max OR contains(#attempts, :id)',
  names: { '#attempts': 'attempts', '#ttl': rateLimitTableKeys.timeToLive },
  values: { ':ids': { SS: [id] }, ':id': { S: id }, ':max': { N: String(max) }, ':ttl': timeToLive },
});

const removeId = (id: string): Change => ({
  expression: 'DELETE #attempts :ids',
  condition: 'contains(#attempts, :id)',
  names: { '#attempts': 'attempts' },
  values: { ':ids': { SS: [id] }, ':id': { S: id } },
});

/** Hashed: keys hold client-chosen paths of any length, and addresses that need not lie in a table in clear. */
function counterKey(key: string, window: number, windowStart: number): string {
  return `${createHash('sha256').update(key).digest('base64url')}:${window}:${windowStart}`;
}
