import type { Key } from './keys.ts';

/**
 * What `checkStore` can find wrong. "Belongings" are the claims and references of a row.
 *
 * - `CLAIM_MISSING`: a row has a unique value that it does not hold the claim on; a second row could take the value.
 * - `CLAIM_FOREIGN`: another row holds the claim on a row's unique value, so the value is there twice.
 * - `CLAIM_ORPHANED`: the row that a claim belongs to is gone; nobody can take the value.
 * - `CLAIM_STALE`: the row that a claim belongs to no longer has the value; nobody else can take it.
 * - `REFERENCE_MISSING`: a row is not found by a field that should find it.
 * - `REFERENCE_ORPHANED`, `REFERENCE_STALE`: a reference names a row that is gone, or that no longer has the value. It finds nothing.
 * - `OWNS_WRONG`: a row's count of its belongings is wrong; a delete may leave some behind.
 * - `PARENT_MISSING`: the user that a row belongs to is gone.
 * - `KEY_WRONG`: a row is not where its fields say; it is not found.
 * - `DIRECTORY_WRONG`: a row of a listed model is not listed, or one of another model is.
 * - `TTL_INVALID`: `ttl` is not a number of whole seconds; DynamoDB never deletes the item.
 * - `TTL_WRONG`: `ttl` is not what the row's expiry date says.
 * - `ITEM_UNKNOWN`: an item of no model in the schema, such as one of a plugin since removed.
 * - `UNCONFIRMED`: an item that seemed wrong is written so often that it cannot be looked at with all that it must agree with at
 *   one moment. Check again when less is written.
 */
export type StoreFindingCode =
  | 'CLAIM_MISSING'
  | 'CLAIM_FOREIGN'
  | 'CLAIM_ORPHANED'
  | 'CLAIM_STALE'
  | 'REFERENCE_MISSING'
  | 'REFERENCE_ORPHANED'
  | 'REFERENCE_STALE'
  | 'OWNS_WRONG'
  | 'PARENT_MISSING'
  | 'KEY_WRONG'
  | 'DIRECTORY_WRONG'
  | 'TTL_INVALID'
  | 'TTL_WRONG'
  | 'ITEM_UNKNOWN'
  | 'UNCONFIRMED';

/** One thing that is wrong with one item. */
export interface StoreFinding {
  readonly code: StoreFindingCode;
  /**
   * The item that it was found at. Ids are as they are in the table; any other value in the key, such as a session's token, is `~`
   * and its SHA-256 in base64url: a finding may be logged.
   */
  readonly key: Key;
  /** In words, naming models and fields, never a value. */
  readonly message: string;
}
