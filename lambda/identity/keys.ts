import { createHash, randomInt } from 'node:crypto';

/** The primary key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * An item of the table: keys, the adapter's own attributes, and the fields of a row.
 *
 * - `rev`: a random name for the last write. Whoever read a row writes it back only if `rev` is still the same.
 * - `owns`: how many claims and references belong to the row; absent when none.
 * - `ttl`: epoch seconds; see `expiry.ts`.
 * - `ownerPk`, `ownerSk`: on claims and references, the key of the row they belong to.
 */
export interface Item extends Key {
  readonly rev?: string;
  readonly owns?: number;
  readonly ttl?: number;
  readonly dirPk?: string;
  readonly dirSk?: string;
  readonly ownerPk?: string;
  readonly ownerSk?: string;
  readonly [attribute: string]: unknown;
}

const plain = /^[A-Za-z0-9_-]{1,64}$/;
const encoded = /^(?:[A-Za-z0-9_-]{1,64}|~[A-Za-z0-9_-]{43})$/;

/**
 * Makes a value, which may come from a client, part of a key. Only short plain values stay readable; all others are hashed
 * (SHA-256). Neither form can contain a separator (`:`, `#`, `.`, `|`), so no value can reach into another row's key, and no
 * key outgrows DynamoDB's limits of 2,048 and 1,024 bytes.
 */
export function encodePart(value: unknown): string {
  const text = String(value);
  return plain.test(text) ? text : `~${createHash('sha256').update(text).digest('base64url')}`;
}

export const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk });

/** A key as one string, for maps and for the sort keys of references. */
export const keyText = ({ pk, sk }: Key): string => `${pk}|${sk}`;

/** The row that a claim or reference belongs to. */
export const ownerOf = ({ ownerPk = '', ownerSk = '' }: Item): Key => ({ pk: ownerPk, sk: ownerSk });

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const randomText = (length: number): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');

export const newRevision = (): string => randomText(16);

/** Between parent and random part. Not a dot: Better Auth's bearer plugin takes what follows a token's first dot for its signature. */
export const hintSeparator = '~';

/**
 * Ids say where their row lives: `<encoded parent>~<24 random characters>`, or 32 without a parent, as
 * Better Auth's own ids have: the id of a made-up user in an answer must look like that of a real one.
 */
export const mintId = (parent?: unknown): string =>
  parent === undefined ? randomText(32) : `${encodePart(parent)}${hintSeparator}${randomText(24)}`;

/** The parent that an id or token names: what stands before its last separator. The claim has to be checked against the row. */
export function hintOf(value: unknown): string | undefined {
  const text = String(value);
  const end = text.lastIndexOf(hintSeparator);
  return end > 0 ? text.slice(0, end) : undefined;
}

/** Like {@link hintOf}, for ids: only what `encodePart` can have produced is a hint. */
export function idHintOf(value: unknown): string | undefined {
  const hint = hintOf(value);
  return hint !== undefined && encoded.test(hint) ? hint : undefined;
}
