import { type Model, models } from './schema.ts';

export type Value = string | number | boolean | Date | null;
export type Row = { id: string } & Record<string, Value>;

export interface Clause {
  readonly field: string;
  readonly operator: string;
  readonly value: Value | readonly Value[];
  readonly connector: 'AND' | 'OR';
  readonly mode: 'sensitive' | 'insensitive';
}

/** What the adapter's table should be: plain arrays, written without a look at the adapter. */
export class Memory {
  readonly rows: Record<Model, Row[]> = { user: [], session: [], item: [], thing: [] };

  /** Users whom the transaction in hand creates: a row may come before its user. Undefined outside a transaction. */
  arriving?: readonly Value[];

  copy(): Memory {
    const copy = new Memory();
    for (const model of Object.keys(models) as Model[]) copy.rows[model] = this.rows[model].map((row) => ({ ...row }));
    return copy;
  }

  matching(model: Model, where: readonly Clause[]): Row[] {
    const either = where.filter(({ connector }) => connector === 'OR');
    const all = where.filter(({ connector }) => connector === 'AND');
    return this.rows[model].filter(
      (row) =>
        all.every((clause) => isTrue(clause, row)) &&
        (either.length === 0 || either.some((clause) => isTrue(clause, row))),
    );
  }

  hasUser(wanted: Value | undefined): boolean {
    return this.rows.user.some(({ id }) => id === wanted) || this.arriving?.includes(wanted ?? null) === true;
  }

  /** Why a row cannot be written; in a transaction that is asked at its end. */
  refusals(model: Model, row: Row, former?: Row): string[] {
    const others = this.rows[model].filter((other) => other !== former);
    const taken = [['id'], ...models[model].uniques].some(
      (fields) =>
        fields.every((field) => row[field] !== null) &&
        others.some((other) => fields.every((field) => other[field] === row[field])),
    );
    const orphan = models[model].child && !this.hasUser(row.userId);
    return [...(taken ? ['DUPLICATE'] : []), ...(orphan ? ['PARENT_MISSING'] : [])];
  }

  /** Rows that should not be as they are. */
  violations(): Row[] {
    return (Object.keys(models) as Model[]).flatMap((model) =>
      this.rows[model].filter((row) => this.refusals(model, row, row).length > 0),
    );
  }

  remove(model: Model, gone: readonly Row[]): void {
    this.rows[model] = this.rows[model].filter((row) => !gone.includes(row));
    // One that comes again later in the transaction is named a second time.
    if (model === 'user') for (const { id } of gone) this.arriving = withoutOne(this.arriving, id);
  }

  /** What belongs to a user goes with the user. */
  cascade(): void {
    for (const model of ['session', 'item'] as const)
      this.rows[model] = this.rows[model].filter(({ userId }) => this.hasUser(userId));
  }

  /** Sessions that have expired are gone; ten seconds are granted to clocks that differ. */
  expire(now: Date): void {
    this.rows.session = this.rows.session.filter(
      ({ expiresAt }) => Math.ceil((expiresAt as Date).getTime() / 1000) > Math.floor(now.getTime() / 1000) - 10,
    );
  }
}

function withoutOne<T>(values: readonly T[] | undefined, value: T | undefined): readonly T[] | undefined {
  const at = values?.indexOf(value as T) ?? -1;
  return at < 0 ? values : values?.toSpliced(at, 1);
}

const plain = (value: Value): string | number | boolean | null => (value instanceof Date ? value.getTime() : value);

function isTrue({ field, operator, value, mode }: Clause, row: Row): boolean {
  const texts = (Array.isArray(value) ? value : [value]).every((each) => typeof each === 'string');
  const fold = (each: Value) =>
    mode === 'insensitive' && texts && typeof each === 'string' ? each.toLowerCase() : plain(each);
  const actual = fold(row[field] ?? null);
  const wanted = (Array.isArray(value) ? value : [value]).map(fold);
  const [one] = wanted;
  const text = typeof actual === 'string' && typeof one === 'string';
  switch (operator) {
    case 'eq':
      return actual === one;
    case 'ne':
      return actual !== one;
    case 'in':
      return wanted.includes(actual);
    case 'not_in':
      return !wanted.includes(actual);
    case 'contains':
      return text && actual.indexOf(one) !== -1;
    case 'starts_with':
      return text && actual.slice(0, one.length) === one;
    case 'ends_with':
      return text && actual.length >= one.length && actual.slice(actual.length - one.length) === one;
  }
  if (actual === null || one === null || one === undefined) return false;
  const order = inOrder(actual, one);
  return { lt: order < 0, lte: order <= 0, gt: order > 0, gte: order >= 0 }[operator] ?? false;
}

/** Strings by code point, and null before everything. */
export function inOrder(a: Value, b: Value): number {
  const [x, y] = [plain(a), plain(b)];
  if (x === null || y === null) return Number(x !== null) - Number(y !== null);
  if (typeof x !== 'string' || typeof y !== 'string') return Number(x) - Number(y);
  const [s, t] = [[...x], [...y]].map((characters) => characters.map((character) => character.codePointAt(0)!));
  const at = s!.findIndex((point, i) => point !== t![i]);
  return at === -1 ? s!.length - t!.length : s![at]! - (t![at] ?? -1);
}
