import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { IdentityStoreError } from './errors.ts';
import type { Item } from './keys.ts';

/** Turns what the SDK threw, after its own retries, into the adapter's error. The cause is kept for the log. */
export function storeError(error: unknown, written: readonly Partial<Item>[] = []): IdentityStoreError {
  if (error instanceof IdentityStoreError) return error;
  const cause = { cause: error };
  const name = error instanceof Error ? error.name : 'unknown error';
  const messages = messagesOf(error);
  if (messages.some((message) => /item size/i.test(message))) {
    const message = `a row is larger than the 400 KB that DynamoDB stores; its largest field is '${largestField(written)}'`;
    return new IdentityStoreError('ITEM_TOO_LARGE', message, cause);
  }
  if (name === 'ValidationException' || messages.some((message) => message.startsWith('ValidationError'))) {
    return new IdentityStoreError('INVALID_VALUE', 'DynamoDB refused a request as invalid', cause);
  }
  const [, action] =
    messages.map((message) => /not authorized to perform: (\w+:\w+)/.exec(message)).find(Boolean) ?? [];
  const refusal = action ? `${name}, ${action} is not allowed` : name;
  return new IdentityStoreError('STORE_UNAVAILABLE', `DynamoDB request failed: ${refusal}`, cause);
}

/** Reasons to try a cancelled transaction again; the SDK does not do it by itself. */
const passing = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
export const mayPass = (code: string): boolean => passing.has(code);

/** Why DynamoDB cancelled a transaction, item by item; nothing when the error is another. */
export const cancellationCodes = (error: unknown): string[] =>
  error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []).map(({ Code = '' }) => Code) : [];

function messagesOf(error: unknown): string[] {
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).map(({ Code, Message }) => `${Code}: ${Message}`);
  }
  return error instanceof Error ? [error.message] : [];
}

function largestField(written: readonly Partial<Item>[]): string {
  const sizes = written.flatMap(Object.entries).map(([name, value]) => ({ name, size: String(value).length }));
  return sizes.sort((a, b) => b.size - a.size)[0]?.name ?? '';
}
