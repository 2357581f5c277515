import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { rateLimitTableKeys } from '../../../contract/tables.ts';
import { attributeNames, type CounterRow, readRow } from './counter-row.ts';

export interface CounterChange {
  readonly update: string;
  readonly condition: string;
  readonly values?: Readonly<Record<string, string | number | readonly string[]>>;
}

/** Whether the condition held, and the row as it was before; undefined when there was none. */
export interface Changed {
  readonly done: boolean;
  readonly before: CounterRow | undefined;
}

/** Rows of counters. Both reject when the table cannot be reached. */
export interface CounterStore {
  /** One conditional UpdateItem. */
  change(key: string, change: CounterChange): Promise<Changed>;
  /** Strongly consistent. */
  read(key: string): Promise<CounterRow | undefined>;
}

export function counterStore(client: DynamoDBClient, tableName: string): CounterStore {
  const row = (key: string) => ({ TableName: tableName, Key: { [rateLimitTableKeys.partitionKey]: { S: key } } });
  return {
    async change(key, { update, condition, values }) {
      try {
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            ...row(key),
            UpdateExpression: update,
            ConditionExpression: condition,
            ExpressionAttributeNames: namesIn(`${update} ${condition}`),
            ...(values && { ExpressionAttributeValues: valuesOf(values) }),
            ReturnValues: 'ALL_OLD',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { done: true, before: rowIn(Attributes) };
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        return { done: false, before: rowIn(error.Item) };
      }
    },
    async read(key) {
      const { Item } = await client.send(new GetItemCommand({ ...row(key), ConsistentRead: true }));
      return rowIn(Item);
    },
  };
}

/** Every row has a time to live. Where there was no row, dynoxide answers its key alone, DynamoDB nothing. */
const rowIn = (item: Record<string, AttributeValue> | undefined): CounterRow | undefined =>
  item?.[rateLimitTableKeys.timeToLive] && readRow(item);

/** DynamoDB refuses names that no expression uses. */
const namesIn = (expressions: string): Record<string, string> =>
  Object.fromEntries(Object.entries(attributeNames).filter(([name]) => new RegExp(`${name}\\b`).test(expressions)));

const valuesOf = (values: NonNullable<CounterChange['values']>): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, attributeValue(value)]));

function attributeValue(value: string | number | readonly string[]): AttributeValue {
  if (typeof value === 'number') return { N: String(value) };
  return typeof value === 'string' ? { S: value } : { SS: [...value] };
}

/** By name: a client of another copy of the SDK throws another class. */
function isConditionFailure(error: unknown): error is Error & { Item?: Record<string, AttributeValue> } {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
