import type { Item } from './keys.ts';

/**
 * What a guarded write did: `item` is the row that it wrote or deleted; when it did not, `found` is what stood in its way, and
 * `repeated` tells that the SDK sent the request more than once, so that an earlier one may have taken effect.
 */
export type Outcome =
  | { readonly done: true; readonly item: Item }
  | { readonly done: false; readonly found: Item | undefined; readonly repeated: boolean };

/** The SDK repeats a request whose answer was lost; the condition then fails on what the first one wrote. */
export const isOwnWrite = (
  outcome: Outcome,
  rev: string | undefined,
): outcome is { done: false; found: Item; repeated: boolean } =>
  !outcome.done && rev !== undefined && outcome.found?.rev === rev;
