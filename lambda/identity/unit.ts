import { IdentityStoreError, RowChanged } from './errors.ts';
import { isAlive } from './expiry.ts';
import type { Guard } from './guard.ts';
import { type Item, type Key, keyOf, keyText } from './keys.ts';
import type { Reader } from './reader.ts';
import type { Write } from './requests.ts';
import type { Store } from './store.ts';

/** DynamoDB's limit for one transaction. */
const maxWrites = 100;

/** What the unit knows about one key: what must hold at commit, and what the item is from the unit's point of view. */
interface Entry {
  readonly key: Key;
  readonly guard: Guard;
  /** The error if an `absent` guard fails, in words. */
  readonly duplicate: string;
  readonly check: boolean;
  /** Whether the item that the unit found there expires. */
  readonly expires: boolean;
  current: Item | undefined;
}

/** A new item, and the error if its key is taken, in words. */
export interface Insert {
  readonly item: Item;
  readonly duplicate: string;
}

/**
 * A unit of work: collects writes, shows them to its own reads, and commits them in one request. Each write is guarded by
 * the state that it was computed from, so a commit either does exactly what was intended or nothing.
 */
export class Unit implements Reader {
  readonly #store: Store;
  readonly #checksEarly: boolean;
  readonly #entries = new Map<string, Entry>();
  #failure: unknown;

  constructor(store: Store, checksEarly = false) {
    this.#store = store;
    this.#checksEarly = checksEarly;
  }

  now(): Date {
    return this.#store.now();
  }

  async get(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    const unknown = keys.filter((key) => !this.#written(key));
    const read = await this.#read(() => this.#store.get(unknown));
    const found = new Map(unknown.map((key, i) => [keyText(key), read[i]]));
    return keys.map((key) => (this.#written(key) ?? { current: found.get(keyText(key)) }).current);
  }

  async query(pk: string, prefix: string): Promise<Item[]> {
    const read = await this.#read(() => this.#store.query(pk, prefix));
    const items = this.#overlay(read, (item) => item.pk === pk && item.sk.startsWith(prefix));
    return items.sort((a, b) => (a.sk < b.sk ? -1 : 1));
  }

  async list(model: string): Promise<Item[]> {
    const read = await this.#read(() => this.#store.list(model));
    return this.#overlay(read, (item) => item.dirPk?.startsWith(`${model}#`) ?? false);
  }

  /**
   * Adds new items, all or none: nobody else may have their keys. That is certain at commit; before, only what the unit itself
   * wrote is looked at, unless the unit checks early.
   *
   * @throws IdentityStoreError DUPLICATE
   */
  async insert(inserts: readonly Insert[]): Promise<void> {
    const known = this.#checksEarly
      ? await this.get(inserts.map(({ item }) => item))
      : inserts.map(({ item }) => this.#written(item)?.current);
    const taken = inserts.find((_, i) => isAlive(known[i], this.now()));
    if (taken) throw new IdentityStoreError('DUPLICATE', taken.duplicate);
    for (const { item, duplicate } of inserts) {
      const entry = this.#written(item);
      if (entry) entry.current = item;
      else this.#remember(item, { guard: { kind: 'absent' }, duplicate, current: item });
    }
  }

  /** Writes back a row that was read before. */
  replace(old: Item, item: Item | undefined): void {
    const known = this.#written(old);
    if (known) known.current = item;
    else
      this.#remember(old, { guard: { kind: 'revision', rev: old.rev }, expires: old.ttl !== undefined, current: item });
  }

  /** Gives up a claim or reference. It is left alone if it turns out to be another row's. */
  release(item: Item): void {
    const known = this.#written(item);
    if (known && sameOwner(known.current, item)) known.current = undefined;
    else if (!known) this.#remember(item, { guard: ownedAs(item), expires: item.ttl !== undefined });
  }

  /** Writes a claim or reference anew that the row has already. */
  renew(item: Item): void {
    const known = this.#written(item);
    if (known) known.current = item;
    else this.#remember(item, { guard: ownedAs(item), current: item });
  }

  /** Nobody may have the key when the unit commits. */
  checkAbsent(key: Key, duplicate: string): void {
    if (!this.#entries.has(keyText(key))) this.#remember(key, { guard: { kind: 'absent' }, duplicate, check: true });
  }

  /**
   * @throws RowChanged when a rival wrote a row after this unit read it
   * @throws IdentityStoreError DUPLICATE, TRANSACTION_TOO_LARGE, STORE_UNAVAILABLE
   */
  async commit(): Promise<void> {
    // Better Auth swallows some errors. Half of what a transaction meant to do must not be committed for that.
    if (this.#failure) throw this.#failure;
    let entries = [...this.#entries.values()].filter(hasEffect);
    if (entries.every(({ check }) => check)) return;
    entries = await this.#deleteAhead(entries);
    for (;;) {
      const failed = await this.#write(entries);
      if (failed.length === 0) return;
      const foreign = failed.filter((entry) => entry.guard.kind === 'owner' && !entry.current);
      if (foreign.length < failed.length) throw commitError(failed.filter((entry) => !foreign.includes(entry)));
      entries = entries.filter((entry) => !foreign.includes(entry));
      if (entries.length === 0) return;
    }
  }

  /**
   * A transaction that revokes the sessions of a user must not fail because there are too many. Those that exceed the limit are
   * deleted first: they can only expire, and if the rest then fails, a session too many is gone, never one too many left.
   */
  async #deleteAhead(entries: Entry[]): Promise<Entry[]> {
    const excess = Math.max(0, entries.length - maxWrites);
    const expendable = entries.filter((entry) => entry.expires && !entry.current);
    const surplus = expendable.slice(Math.max(0, expendable.length - excess));
    for (let i = 0; i < surplus.length; i += maxWrites) {
      const failed = await this.#write(surplus.slice(i, i + maxWrites));
      if (failed.length > 0) throw new RowChanged('expiring rows');
    }
    return entries.filter((entry) => !surplus.includes(entry));
  }

  async #write(entries: readonly Entry[]): Promise<Entry[]> {
    const [first, ...others] = entries;
    if (first && others.length === 0) {
      const { done } = first.current
        ? await this.#store.put(first.current, first.guard)
        : await this.#store.delete(first.key, first.guard);
      return done ? [] : [first];
    }
    if (entries.length > maxWrites) {
      const message = `a transaction of ${entries.length} writes; DynamoDB allows ${maxWrites}`;
      throw new IdentityStoreError('TRANSACTION_TOO_LARGE', message);
    }
    const failed = await this.#store.transact(entries.map(writeOf));
    return failed.map((i) => entries[i] as Entry);
  }

  #written(key: Key): Entry | undefined {
    const entry = this.#entries.get(keyText(key));
    return entry?.check ? undefined : entry;
  }

  #remember(key: Key, entry: Partial<Entry> & Pick<Entry, 'guard'>): void {
    const unset = { duplicate: '', check: false, expires: false, current: undefined };
    this.#entries.set(keyText(key), { ...unset, ...entry, key: keyOf(key) });
  }

  #overlay(read: readonly Item[], belongs: (item: Item) => boolean): Item[] {
    const unwritten = read.filter((item) => !this.#written(item));
    const written = [...this.#entries.values()].map(({ current }) => current);
    return [...unwritten, ...written.filter((item) => item !== undefined && belongs(item))] as Item[];
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof IdentityStoreError && error.code === 'STORE_UNAVAILABLE') this.#failure = error;
      throw error;
    }
  }
}

const ownedAs = (item: Item): Guard => ({ kind: 'owner', pk: item.ownerPk, sk: item.ownerSk });

const sameOwner = (a: Item | undefined, b: Item): boolean => a?.ownerPk === b.ownerPk && a?.ownerSk === b.ownerSk;

/** What was inserted and deleted again within the unit leaves nothing to write. */
const hasEffect = ({ check, guard, current }: Entry): boolean =>
  check || current !== undefined || guard.kind !== 'absent';

function writeOf({ key, guard, current, check }: Entry): Write {
  if (check) return { kind: 'check', key, guard };
  return current ? { kind: 'put', item: current, guard } : { kind: 'delete', key, guard };
}

/** A changed row comes first: whether anything is a duplicate has to be judged on fresh rows. */
function commitError(failed: readonly Entry[]): Error {
  const changed = failed.find(({ guard }) => guard.kind !== 'absent');
  if (changed) return new RowChanged(changed.guard.kind);
  return new IdentityStoreError('DUPLICATE', failed[0]?.duplicate ?? 'duplicate');
}
