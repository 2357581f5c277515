import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToAttr, unmarshall } from '@aws-sdk/util-dynamodb';
import { IdentityStoreError } from './errors.ts';
import type { Item } from './keys.ts';

/** Every finite JavaScript number prints at most 17 digits and DynamoDB keeps 38, so numbers come back exactly. */
export function toAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return { N: String(value) };
  if (value instanceof Date && !Number.isNaN(value.getTime())) return { S: value.toISOString() };
  try {
    return convertToAttr(value, { removeUndefinedValues: true, convertClassInstanceToMap: true });
  } catch (cause) {
    throw new IdentityStoreError(
      'INVALID_VALUE',
      'DynamoDB cannot store a value of this write; allowed are JSON values',
      {
        cause,
      },
    );
  }
}

/** Null and undefined are not stored: an absent attribute is null. */
export function toAttributes(item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, toAttribute(value)]),
  );
}

export const fromAttributes = (attributes: Record<string, AttributeValue>): Item =>
  unmarshall(attributes, { wrapNumbers: Number }) as unknown as Item;

/** Dates are stored as ISO 8601 strings in UTC, which sort as the dates do. */
export function comparable(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return Number(value);
  return Array.isArray(value) ? value.map(comparable) : (value ?? null);
}

/** The order of DynamoDB: strings by their UTF-8 bytes. Undefined for values of different or unordered types. */
export function compare(a: unknown, b: unknown): number | undefined {
  if (typeof a === 'string' && typeof b === 'string')
    return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return undefined;
}
