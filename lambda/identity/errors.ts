/**
 * What went wrong, for code to act on:
 *
 * - `STORE_UNAVAILABLE`: DynamoDB could not be reached, refused, or throttled, after all retries. The outcome of a write is unknown.
 * - `CONFLICT`: rivals kept changing the same rows; nothing was written (*). Trying again is safe.
 * - `DUPLICATE`: a unique value, or an id, is taken by another row; nothing was written (*).
 * - `PARENT_MISSING`: the user that a row is to belong to does not exist; nothing was written (*).
 * - `UNSUPPORTED_QUERY`: no key answers the query and the model is not in `listing`.
 * - `LISTING_LIMIT`: a listing would read more rows than its bound.
 * - `TRANSACTION_TOO_LARGE`: a transaction has more writes than DynamoDB takes (100); nothing was written.
 * - `ITEM_TOO_LARGE`: a row exceeds DynamoDB's 400 KB; nothing was written (*).
 * - `INVALID_VALUE`: a value that DynamoDB cannot store, such as NaN; nothing was written (*).
 *
 * (*) Except that a transaction of more than 100 writes that revokes sessions, deletes other rows that expire, or deletes a user
 * with all that belongs to it, deletes some of these rows first. Those are gone even if it fails, each with its unique values.
 */
export type IdentityStoreErrorCode =
  | 'STORE_UNAVAILABLE'
  | 'CONFLICT'
  | 'DUPLICATE'
  | 'PARENT_MISSING'
  | 'UNSUPPORTED_QUERY'
  | 'LISTING_LIMIT'
  | 'TRANSACTION_TOO_LARGE'
  | 'ITEM_TOO_LARGE'
  | 'INVALID_VALUE';

/** The one error type of the adapter. Messages name models and fields, never values. */
export class IdentityStoreError extends Error {
  override readonly name = 'IdentityStoreError';
  readonly code: IdentityStoreErrorCode;

  constructor(code: IdentityStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Nothing is left of a row, and whether this delete or a rival's did that is unknown: the answer to it was lost. */
export class AnswerLost extends IdentityStoreError {
  constructor() {
    super('STORE_UNAVAILABLE', 'the answer to a delete was lost, and with it whether a rival was first');
  }
}

/** A row was changed by a rival after it was read. Never leaves the adapter: the operation is tried again on fresh rows. */
export class RowChanged extends Error {
  override readonly name = 'RowChanged';
}
