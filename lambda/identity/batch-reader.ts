import { type Item, type Key, keyText } from './keys.ts';
import type { Page, Reader } from './reader.ts';

/**
 * The reads of one operation: what is asked for in the same turn of the event loop goes out as one batch, and nothing is read
 * twice.
 */
export class BatchReader implements Reader {
  readonly #source: Reader;
  readonly #items = new Map<string, Promise<Item | undefined>>();
  readonly #queries = new Map<string, Promise<Item[]>>();
  #pending: { keys: Key[]; answer: Promise<(Item | undefined)[]> } | undefined;

  constructor(source: Reader) {
    this.#source = source;
  }

  now(): Date {
    return this.#source.now();
  }

  get(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    return Promise.all(keys.map((key) => this.#getOne(key)));
  }

  query(pk: string, prefix: string): Promise<Item[]> {
    const name = `${pk}|${prefix}`;
    const known = this.#queries.get(name) ?? this.#source.query(pk, prefix);
    this.#queries.set(name, known);
    return known;
  }

  list(model: string, page?: Page): Promise<Item[]> {
    return this.#source.list(model, page);
  }

  count(model: string): Promise<number> {
    return this.#source.count(model);
  }

  #getOne(key: Key): Promise<Item | undefined> {
    const name = keyText(key);
    const known = this.#items.get(name);
    if (known) return known;
    const batch = this.#batch();
    const position = batch.keys.push(key) - 1;
    const item = batch.answer.then((items) => items[position]);
    this.#items.set(name, item);
    return item;
  }

  #batch() {
    if (this.#pending) return this.#pending;
    const keys: Key[] = [];
    const turnOver = new Promise<void>((resolve) => process.nextTick(resolve));
    const answer = turnOver.then(() => {
      this.#pending = undefined;
      return this.#source.get(keys);
    });
    this.#pending = { keys, answer };
    return this.#pending;
  }
}
