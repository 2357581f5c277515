import type {
  DeleteItemCommandInput,
  PutItemCommandInput,
  TransactWriteItem,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { Expression } from './expression.ts';
import { type Guard, guarded, guardText } from './guard.ts';
import { type Item, type Key, keyOf } from './keys.ts';
import { toAttributes } from './values.ts';

/** One write of a transaction. A `check` writes nothing. */
export type Write = { readonly guard: Guard } & (
  | { readonly kind: 'put'; readonly item: Item }
  | { readonly kind: 'delete' | 'check'; readonly key: Key }
);

/** What an update sets, removes (null) and adds to, by attribute. */
export interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly increment: Readonly<Record<string, number>>;
}

export const keyAttributes = (key: Key) => toAttributes({ ...keyOf(key) });

export const putInput = (TableName: string, item: Item, guard: Guard, now: Date): PutItemCommandInput => ({
  TableName,
  Item: toAttributes(item),
  ...guarded(guard, now),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

export const deleteInput = (TableName: string, key: Key, guard: Guard, now: Date): DeleteItemCommandInput => ({
  TableName,
  Key: keyAttributes(key),
  ...guarded(guard, now),
  ReturnValues: 'ALL_OLD',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

/**
 * Changes attributes of an item once: the SDK repeats a request whose answer was lost, and the repetition fails on the revision
 * that the first one wrote. Its guard might still hold.
 */
export function updateInput(
  TableName: string,
  key: Key,
  change: Change & { readonly rev: string },
  guard: Guard,
  now: Date,
): UpdateItemCommandInput {
  const expression = new Expression();
  const UpdateExpression = updateText(change, expression);
  const guardHolds = guardText(guard, expression, now);
  const notRepeated = `NOT ${expression.name('rev')} = ${expression.value(change.rev)}`;
  return {
    TableName,
    Key: keyAttributes(key),
    UpdateExpression,
    ConditionExpression: `${guardHolds} AND ${notRepeated}`,
    ...expression.parameters(),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

export function transactItem(TableName: string, write: Write, now: Date): TransactWriteItem {
  const condition = { TableName, ...guarded(write.guard, now) };
  if (write.kind === 'put') return { Put: { ...condition, Item: toAttributes(write.item) } };
  const item = { ...condition, Key: keyAttributes(write.key) };
  return write.kind === 'delete' ? { Delete: item } : { ConditionCheck: item };
}

function updateText(
  { set: changed, increment, rev }: Parameters<typeof updateInput>[2],
  expression: Expression,
): string {
  const set: Change['set'] = { ...changed, rev };
  const removed = Object.keys(set).filter((name) => set[name] === null || set[name] === undefined);
  const assigned = Object.entries(set)
    .filter(([name]) => !removed.includes(name))
    .map(([name, value]) => `${expression.name(name)} = ${expression.value(value)}`);
  const counted = Object.entries(increment).map(([name, delta]) => {
    const counter = expression.name(name);
    return `${counter} = if_not_exists(${counter}, ${expression.value(0)}) + ${expression.value(delta)}`;
  });
  const removals = removed.map((name) => expression.name(name)).join(', ');
  return `SET ${[...assigned, ...counted].join(', ')}${removals && ` REMOVE ${removals}`}`;
}
