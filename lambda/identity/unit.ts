import { IdentityStoreError, RowChanged } from './errors.ts';
import { isAlive } from './expiry.ts';
import type { Guard } from './guard.ts';
import { type Item, type Key, keyOf, keyText, ownerOf } from './keys.ts';
import type { Page, Reader } from './reader.ts';
import type { Write } from './requests.ts';
import type { Store } from './store.ts';

/** DynamoDB's limit for one transaction. */
const maxWrites = 100;

/** What the unit knows about one key: what must hold at commit, and what the item is from the unit's point of view. */
interface Entry {
  readonly key: Key;
  readonly guard: Guard;
  /** The error if an insert fails, in words. */
  readonly duplicate: string;
  /** The row, if it may be deleted ahead of the rest, that the unit found here, or whose claim or reference it found. */
  readonly expendable?: string | undefined;
  current: Item | undefined;
  /** What has the key in the table, though the unit took it for free, and is given up: it goes if the unit's own goes again. */
  released?: Item;
}

/** A write of the commit, and the error if its guard fails, in words. */
interface Commitment {
  readonly write: Write;
  readonly refusal: string;
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
  /** Rows as the unit first read them. Its writes are guarded by that state, so it need not read them again. */
  readonly #seen = new Map<string, Item>();
  readonly #checks = new Map<string, Commitment>();
  readonly #afterwards: (() => Promise<void>)[] = [];
  #failure: unknown;

  constructor(store: Store, checksEarly = false) {
    this.#store = store;
    this.#checksEarly = checksEarly;
  }

  now(): Date {
    return this.#store.now();
  }

  async get(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    const unknown = keys.filter((key) => !this.#written(key) && !this.#seen.has(keyText(key)));
    this.#see(await this.#read(() => this.#store.get(unknown)));
    return keys.map((key) => (this.#written(key) ?? { current: this.#seen.get(keyText(key)) }).current);
  }

  async query(pk: string, prefix: string): Promise<Item[]> {
    const read = this.#see(await this.#read(() => this.#store.query(pk, prefix)));
    const items = this.#overlay(read, (item) => item.pk === pk && item.sk.startsWith(prefix));
    return items.sort((a, b) => (a.sk < b.sk ? -1 : 1));
  }

  async list(model: string, page?: Page): Promise<Item[]> {
    const read = await this.#read(() => this.#store.list(model));
    const items = this.#overlay(read, (item) => item.dirPk?.startsWith(`${model}#`) ?? false);
    return page ? items.slice(page.offset, page.offset + page.limit) : items;
  }

  async count(model: string): Promise<number> {
    return (await this.list(model)).length;
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

  /** What the unit has made of an item since it was read. */
  latest(item: Item): Item | undefined {
    const known = this.#written(item);
    return known ? known.current : item;
  }

  /** Writes back a row that was read before. */
  replace(old: Item, item: Item | undefined, mayGoAhead = expires(old)): void {
    const known = this.#written(old);
    const expendable = mayGoAhead ? keyText(old) : undefined;
    if (known) known.current = item;
    else this.#remember(old, { guard: { kind: 'revision', rev: old.rev }, current: item, expendable });
  }

  /** Gives up a claim or reference. It is left alone if it turns out to be another row's. */
  release(item: Item, mayGoAhead = expires(item)): void {
    const known = this.#written(item);
    const expendable = mayGoAhead ? keyText(ownerOf(item)) : undefined;
    if (known && sameOwner(known.current, item)) known.current = undefined;
    else if (known?.guard.kind === 'absent') known.released = item;
    else if (!known) this.#remember(item, { guard: ownedAs(item), expendable });
  }

  /** Writes a claim or reference anew that the row has already, as `former` if it changes. */
  renew({ item, duplicate }: Insert, former: Item = item): void {
    const known = this.#written(item);
    const expendable = expires(former) ? keyText(ownerOf(former)) : undefined;
    if (known) known.current = item;
    else this.#remember(item, { guard: ownedAs(former), duplicate, current: item, expendable });
  }

  /**
   * Something, or nothing, must have the key when the unit commits, if the unit does not write it itself.
   *
   * @throws IdentityStoreError PARENT_MISSING, DUPLICATE
   */
  check(kind: 'present' | 'absent', key: Key, refusal: string): void {
    const commitment = { write: { kind: 'check', key: keyOf(key), guard: { kind } }, refusal } as const;
    const known = this.#written(key);
    if (!known) this.#checks.set(keyText(key), commitment);
    else if (isAlive(known.current, this.now()) !== (kind === 'present')) throw commitError([commitment]);
  }

  /** Work that follows the commit, if there is one. */
  afterCommit(work: () => Promise<void>): void {
    this.#afterwards.push(work);
  }

  /**
   * @throws RowChanged when a rival wrote a row after this unit read it
   * @throws IdentityStoreError DUPLICATE, PARENT_MISSING, TRANSACTION_TOO_LARGE, STORE_UNAVAILABLE
   */
  async commit(): Promise<void> {
    // Better Auth swallows some errors. Half of what a transaction meant to do must not be committed for that.
    if (this.#failure) throw this.#failure;
    const checks = [...this.#checks].filter(([text]) => !this.#entries.has(text)).map(([, check]) => check);
    const entries = [...this.#entries.values()].filter(hasEffect);
    const rest = await this.#deleteAhead(entries, entries.length + checks.length - maxWrites);
    await this.#perform([...rest.map(commitmentOf), ...checks]);
    for (const work of this.#afterwards) await work();
  }

  /**
   * A transaction that revokes the sessions of a user, or deletes the user, must not fail because there are too many rows. Those
   * that exceed the limit are deleted first, each with its claims: if the rest then fails, a session too many is gone, never one
   * too many left. Answers what is left to write.
   */
  async #deleteAhead(entries: readonly Entry[], excess: number): Promise<readonly Entry[]> {
    if (excess <= 0) return entries;
    const chunks: Entry[][] = [];
    let ahead = 0;
    for (const row of expendable(entries)) {
      if (ahead >= excess) break;
      ahead += row.length;
      const last = chunks.at(-1);
      if (last && last.length + row.length <= maxWrites) last.push(...row);
      else chunks.push([...row]);
    }
    if (ahead < excess) throw tooLarge(excess + maxWrites);
    for (const chunk of chunks) await this.#perform(chunk.map(commitmentOf));
    const gone = new Set(chunks.flat());
    return entries.filter((entry) => !gone.has(entry));
  }

  /** All or nothing, except that what turns out to be another row's is not released. */
  async #perform(commitments: readonly Commitment[]): Promise<void> {
    let pending = commitments;
    while (pending.some(({ write }) => write.kind !== 'check')) {
      const failed = await this.#write(pending.map(({ write }) => write));
      const refused = failed.flatMap((i) => pending[i] ?? []);
      if (refused.length === 0) return;
      const own = refused.filter(({ write }) => !isRelease(write));
      if (own.length > 0) throw commitError(own);
      pending = pending.filter((commitment) => !refused.includes(commitment));
    }
  }

  /** Answers which guards failed, by position. */
  async #write(writes: readonly Write[]): Promise<number[]> {
    const [first, ...others] = writes;
    if (!first || others.length > 0 || first.kind === 'check') return this.#store.transact(writes);
    const { done } =
      first.kind === 'put'
        ? await this.#store.put(first.item, first.guard)
        : await this.#store.delete(first.key, first.guard);
    return done ? [] : [0];
  }

  #written(key: Key): Entry | undefined {
    return this.#entries.get(keyText(key));
  }

  /** What was read first counts. */
  #see<T extends Item | undefined>(items: readonly T[]): T[] {
    return items.map((item) => {
      if (!item) return item;
      const text = keyText(item);
      if (!this.#seen.has(text)) this.#seen.set(text, item);
      return this.#seen.get(text) as T;
    });
  }

  #remember(key: Key, entry: Partial<Entry> & Pick<Entry, 'guard'>): void {
    this.#entries.set(keyText(key), { duplicate: '', current: undefined, ...entry, key: keyOf(key) });
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

const ownedAs = (item: Item): Guard => ({ kind: 'owner', ...ownerOf(item) });

const sameOwner = (a: Item | undefined, b: Item): boolean => a?.ownerPk === b.ownerPk && a?.ownerSk === b.ownerSk;

const expires = (item: Item): boolean => item.ttl !== undefined;

/** Rows that may go ahead and are deleted whole: for each its entry and those of its claims and references. */
function expendable(entries: readonly Entry[]): Entry[][] {
  const rows = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.expendable === undefined) continue;
    const row = rows.get(entry.expendable);
    if (row) row.push(entry);
    else rows.set(entry.expendable, [entry]);
  }
  return [...rows.values()].filter((row) => row.every(({ current }) => current === undefined));
}

/** What was inserted and deleted again within the unit leaves nothing to write. */
const hasEffect = ({ guard, current, released }: Entry): boolean =>
  current !== undefined || released !== undefined || guard.kind !== 'absent';

const isRelease = ({ kind, guard }: Write): boolean => kind === 'delete' && guard.kind === 'owner';

function commitmentOf({ key, guard, current, released, duplicate }: Entry): Commitment {
  const write: Write = current
    ? { kind: 'put', item: current, guard }
    : { kind: 'delete', key, guard: released ? ownedAs(released) : guard };
  return { write, refusal: duplicate };
}

/** A changed row comes first: whether anything is a duplicate has to be judged on fresh rows. */
function commitError(refused: readonly Commitment[]): Error {
  const by = (kind: Guard['kind']) => refused.find(({ write }) => write.guard.kind === kind);
  if (by('revision')) return new RowChanged('revision');
  const missing = by('present');
  if (missing) return new IdentityStoreError('PARENT_MISSING', missing.refusal);
  return new IdentityStoreError('DUPLICATE', refused[0]?.refusal ?? 'duplicate');
}

const tooLarge = (writes: number) =>
  new IdentityStoreError('TRANSACTION_TOO_LARGE', `a transaction of ${writes} writes; DynamoDB allows ${maxWrites}`);
