import type { Identity } from '../../../support/identity.ts';
import type { Clause, Memory, Row, Value } from './memory.ts';
import type { Simple, Symbolic } from './operations.ts';
import { type Model, models } from './schema.ts';

type Adapter = ReturnType<Identity['adapter']>;
/** What an adapter and its transactions have in common. */
export type Target = Omit<Adapter, 'transaction' | 'options' | 'id' | 'createSchema'>;

/** An operation whose values are known, and what the adapter made of it. */
export interface Performed {
  readonly step: Resolved;
  readonly result?: unknown;
  /** The code of the error that it threw. */
  readonly code?: string;
}

type ResolvedData = Record<string, Value>;
/** `Simple`, with the ids that `nth` stands for. */
export type Resolved = {
  [Kind in Simple['kind']]: Omit<Extract<Simple, { kind: Kind }>, 'kind' | 'where' | 'data' | 'set'> & {
    readonly kind: Kind;
    readonly where: Clause[];
    readonly data: ResolvedData;
    readonly set: ResolvedData;
  };
}[Simple['kind']];

/** Puts the ids that exist now where the operation says "the nth". */
export function resolve(step: Simple, memory: Memory): Resolved {
  const one = (value: Symbolic): Value => {
    if (value === null || typeof value !== 'object' || value instanceof Date) return value;
    const rows = memory.rows[value.model];
    return rows[value.nth % Math.max(1, rows.length)]?.id ?? 'nobody';
  };
  const all = (data: Readonly<Record<string, Symbolic>> = {}): ResolvedData =>
    Object.fromEntries(Object.entries(data).map(([field, value]) => [field, one(value)]));
  const where = ('where' in step ? step.where : []).map((clause) => ({
    ...clause,
    value: Array.isArray(clause.value) ? clause.value.map(one) : one(clause.value as Symbolic),
  }));
  const data = 'data' in step ? step.data : undefined;
  const set = 'set' in step ? step.set : undefined;
  return { ...step, where, data: all(data), set: all(set) } as unknown as Resolved;
}

export async function perform(target: Target, step: Resolved): Promise<Performed> {
  try {
    return { step, result: await run(target, step) };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return { step, code };
  }
}

const always = { name: 'x', emailVerified: true, createdAt: new Date(0), updatedAt: new Date(0) };
const required: Record<Model, readonly string[]> = {
  user: ['name', 'emailVerified', 'createdAt', 'updatedAt'],
  session: ['createdAt', 'updatedAt'],
  item: [],
  thing: [],
};

function run(target: Target, step: Resolved): Promise<unknown> {
  const { model, where } = step;
  // The factory's types know where clauses with some types of value only.
  const query = { model, where: where as unknown as Parameters<Target['findOne']>[0]['where'] };
  switch (step.kind) {
    case 'create': {
      const defaults = Object.fromEntries(
        required[model].map((field) => [field, always[field as keyof typeof always]]),
      );
      return target.create({ model, data: { ...defaults, ...step.data }, forceAllowId: 'id' in step.data });
    }
    case 'find': {
      const { limit, offset, sort, select } = step;
      if (step.one) return target.findOne({ ...query, ...(select && { select }) });
      return target.findMany({ ...query, limit: limit ?? 1_000, offset, sortBy: sort, ...(select && { select }) });
    }
    case 'count':
      return target.count(query);
    case 'update':
      return target.update({ ...query, update: step.set });
    case 'updateMany':
      return target.updateMany({ ...query, update: step.set });
    case 'incrementOne':
      return target.incrementOne({ ...query, increment: step.increment, set: step.set });
    case 'delete':
      return target.delete(query);
    case 'deleteMany':
      return target.deleteMany(query);
    case 'consumeOne':
      return target.consumeOne(query);
  }
}

/** A row of the adapter, of the fields that the test looks at. */
export function seen(model: Model, row: unknown, fields = ['id', ...Object.keys(models[model].fields)]): Row {
  const given = row as Row;
  return Object.fromEntries(fields.map((field) => [field, given[field] ?? null])) as Row;
}
