import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { rateLimitTableKeys } from '../../../contract/tables.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

export interface ItemChange {
  readonly set?: Item;
  readonly remove?: readonly string[];
  /** Names attributes as they are; `#ttl` is the time to live, `:at` the time in epoch seconds. */
  readonly condition?: string;
}

/** Rows of detection in the rate-limit table. Both reject when the table cannot be reached. */
export interface DetectionTable {
  /** Strongly consistent. Undefined when there is none, or when its time is over: time to live deletes late. */
  read(key: string, at: number): Promise<Item | undefined>;
  /** One UpdateItem. `before` is the row as it was, if its time was not over. */
  change(key: string, at: number, change: ItemChange): Promise<{ readonly done: boolean; readonly before?: Item }>;
}

const { partitionKey, timeToLive } = rateLimitTableKeys;

/** Times are milliseconds since the epoch. */
export function detectionTable(client: DynamoDBClient, tableName: string): DetectionTable {
  const row = (key: string) => ({ TableName: tableName, Key: { [partitionKey]: { S: key } } });
  return {
    async read(key, at) {
      const { Item } = await client.send(new GetItemCommand({ ...row(key), ConsistentRead: true }));
      return current(Item, at);
    },
    async change(key, at, { set = {}, remove = [], condition }) {
      const names = [...Object.keys(set), ...remove];
      const assignments = Object.keys(set).map((_, index) => `#${index} = :${index}`);
      const removed = remove.map((_, index) => `#${Object.keys(set).length + index}`);
      const update = [
        assignments.length > 0 && `SET ${assignments.join(', ')}`,
        removed.length > 0 && `REMOVE ${removed.join(', ')}`,
      ];
      const values = {
        ...Object.fromEntries(Object.values(set).map((value, index) => [`:${index}`, value])),
        ...(condition?.includes(':at') && { ':at': { N: String(at / 1000) } }),
      };
      try {
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            ...row(key),
            UpdateExpression: update.filter(Boolean).join(' '),
            ExpressionAttributeNames: {
              ...Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
              ...(condition?.includes('#ttl') && { '#ttl': timeToLive }),
            },
            ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
            ConditionExpression: condition,
            ReturnValues: 'ALL_OLD',
          }),
        );
        const before = current(Attributes, at);
        return { done: true, ...(before && { before }) };
      } catch (error) {
        // By name: a client of another copy of the SDK throws another class.
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return { done: false };
        throw error;
      }
    },
  };
}

const current = (item: Item | undefined, at: number): Item | undefined =>
  Number(item?.[timeToLive]?.N ?? 0) > at / 1000 ? item : undefined;

/** When a row is deleted that is kept for so many seconds. */
export const keptFor = (at: number, seconds: number): Item => ({
  [timeToLive]: { N: String(Math.ceil(at / 1000) + seconds) },
});
