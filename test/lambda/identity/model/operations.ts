import fc from 'fast-check';
import type { Clause, Value } from './memory.ts';
import { type Model, models, type Type } from './schema.ts';

/** A value, or the id of the nth row of a model, whatever that is when the operation runs. */
export type Symbolic = Value | { readonly nth: number; readonly model: Model };
type SymbolicClause = Omit<Clause, 'value'> & { readonly value: Symbolic | readonly Symbolic[] };
type Where = readonly SymbolicClause[];
type Data = Readonly<Record<string, Symbolic>>;

export type Simple =
  | { readonly kind: 'create'; readonly model: Model; readonly data: Data }
  | {
      readonly kind: 'find';
      readonly model: Model;
      readonly where: Where;
      readonly one: boolean;
      readonly sort?: { field: string; direction: 'asc' | 'desc' } | undefined;
      readonly limit?: number | undefined;
      readonly offset?: number | undefined;
      readonly select?: string[] | undefined;
    }
  | {
      readonly kind: 'count' | 'delete' | 'deleteMany' | 'consumeOne';
      readonly model: Model;
      readonly where: Where;
    }
  | { readonly kind: 'update' | 'updateMany'; readonly model: Model; readonly where: Where; readonly set: Data }
  | {
      readonly kind: 'incrementOne';
      readonly model: Model;
      readonly where: Where;
      readonly increment: Readonly<Record<string, number>>;
      readonly set: Data;
    };
export type Operation =
  | Simple
  | { readonly kind: 'transaction'; readonly steps: readonly Simple[]; readonly aborts: boolean }
  | { readonly kind: 'pass'; readonly seconds: number };

/** Few enough to meet again; many of them try to break out of an expression or a key. */
const texts = [
  '',
  'a',
  'A',
  'ä',
  'Ä',
  'ab',
  'b a',
  '😀',
  '\uffff',
  '%',
  "o'b",
  '#n0',
  ':v0',
  'null',
  'x~y',
  'x|y',
  'x#y',
  'ß',
];
const text = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...texts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom('long '.repeat(600), `${'long '.repeat(600)}!`) },
);
const numbers = [0, 1, -1, 2, 10, 0.1, -1e-7, 123456789.125, 2 ** 53 - 1, 1 - 2 ** 53, 1e21, 1.7e100, -3.5e-100];
export const start = Date.parse('2026-11-23T12:00:00.000Z');
const times = [0, 1, 5_000, 20_000, 60_000, 3_600_000, -1].map((after) => new Date(start + after));
/** An id that names a partition (`fixed~2`) is only looked for: those who mint them make them unique. */
const ids = ['fixed', 'user:fixed', '~', 'x|y'];

const nth = (model: Model) => fc.record({ nth: fc.nat(5), model: fc.constant(model) });
const idOf = (model: Model) =>
  fc.oneof(
    { weight: 5, arbitrary: nth(model) },
    { weight: 1, arbitrary: fc.constantFrom('nobody', '', 'fixed~2', ...ids) },
  );

const ofType: Record<Type, fc.Arbitrary<Value>> = {
  string: text,
  number: fc.constantFrom(...numbers),
  boolean: fc.boolean(),
  date: fc.constantFrom(...times),
};
const counts = fc.integer({ min: -3, max: 3 });

function fieldValue(model: Model, field: string): fc.Arbitrary<Symbolic> {
  if (field === 'id') return idOf(model);
  if (field === 'userId') return idOf('user');
  // DynamoDB counts in decimal, JavaScript does not.
  if (field === 'count' || field === 'rank') return counts;
  // A token with this separator names a partition; those who mint them know that.
  if (field === 'token') return text.map((value) => `t${value.replaceAll('~', '')}`);
  return ofType[models[model].fields[field]!];
}

const comparing = ['lt', 'lte', 'gt', 'gte'];
const operators: Record<Type, string[]> = {
  string: ['eq', 'ne', 'in', 'not_in', 'contains', 'starts_with', 'ends_with', ...comparing],
  number: ['eq', 'ne', 'in', 'not_in', ...comparing],
  boolean: ['eq', 'ne'],
  date: ['eq', 'ne', 'in', 'not_in', ...comparing],
};

const clause = (model: Model): fc.Arbitrary<SymbolicClause> =>
  fc.constantFrom('id', ...Object.keys(models[model].fields)).chain((field) => {
    const isKey = ['id', 'userId'].includes(field);
    const of = isKey ? ['eq', 'ne', 'in', 'not_in'] : operators[models[model].fields[field]!];
    return fc.oneof({ weight: 2, arbitrary: fc.constant('eq') }, fc.constantFrom(...of)).chain((operator) => {
      const nullable = fc.option(fieldValue(model, field), { nil: null, freq: 6 });
      const value: fc.Arbitrary<Symbolic | Symbolic[]> =
        operator === 'in' || operator === 'not_in'
          ? fc.array(nullable, { maxLength: 3 })
          : operator === 'eq' || operator === 'ne'
            ? nullable
            : fieldValue(model, field);
      return fc.record({
        field: fc.constant(field),
        operator: fc.constant(operator),
        value,
        connector: fc.constantFrom('AND' as const, 'AND' as const, 'OR' as const),
        mode: isKey ? fc.constant('sensitive' as const) : fc.constantFrom('sensitive' as const, 'insensitive' as const),
      });
    });
  });
const where = (model: Model) => fc.array(clause(model), { maxLength: 3 });

const unset = 0.3;
function data(model: Model, fields: readonly string[]): fc.Arbitrary<Data> {
  const required = ['email', 'userId', 'token', 'expiresAt', 'group', 'rank'];
  const values = fields.map((field) => [
    field,
    required.includes(field)
      ? fieldValue(model, field)
      : fc.option(fieldValue(model, field), { nil: null, freq: Math.round(1 / unset) }),
  ]);
  return fc.record(Object.fromEntries(values) as Record<string, fc.Arbitrary<Symbolic>>, {
    requiredKeys: fields.filter((field) => required.includes(field)),
  });
}

const change = (model: Model, fields: readonly string[]) =>
  fc
    .uniqueArray(fc.constantFrom(...fields), { minLength: 1, maxLength: 3 })
    .chain((some) =>
      fc.record(
        Object.fromEntries(some.map((field) => [field, data(model, [field]).map((each) => each[field] ?? null)])),
      ),
    );

const givenId = fc.option(fc.constantFrom(...ids), { nil: undefined, freq: 4 });

function simple(model: Model): fc.Arbitrary<Simple> {
  const fields = Object.keys(models[model].fields);
  // Each row is a step of its own: rows that take the same unique value could be written in any order.
  const shareable = fields.filter((field) => field !== 'userId' && !models[model].uniques.flat().includes(field));
  const on = { model: fc.constant(model), where: where(model) };
  const create = fc
    .record({ values: data(model, fields), id: givenId })
    .map(({ values, id }) => ({ kind: 'create' as const, model, data: id === undefined ? values : { ...values, id } }));
  const find = fc.record({
    kind: fc.constant('find' as const),
    ...on,
    one: fc.boolean(),
    sort: fc.option(fc.record({ field: fc.constantFrom(...fields), direction: fc.constantFrom('asc', 'desc') }), {
      nil: undefined,
    }),
    limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    offset: fc.option(fc.nat(3), { nil: undefined }),
    select: fc.option(fc.uniqueArray(fc.constantFrom('id', ...fields), { minLength: 1 }), { nil: undefined }),
  });
  const increment = fc.record({
    kind: fc.constant('incrementOne' as const),
    ...on,
    increment: model === 'thing' ? fc.record({ count: counts }, { requiredKeys: [] }) : fc.constant({}),
    set: change(
      model,
      shareable.filter((field) => field !== 'count'),
    ),
  });
  return fc.oneof(
    { weight: 8, arbitrary: create },
    { weight: 6, arbitrary: find },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('update' as const), ...on, set: change(model, fields) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('updateMany' as const), ...on, set: change(model, shareable) }),
    },
    { weight: 2, arbitrary: increment },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('count' as const, 'delete' as const, 'deleteMany' as const, 'consumeOne' as const),
        ...on,
      }),
    },
  ) as fc.Arbitrary<Simple>;
}

const step = fc.oneof(...(['user', 'session', 'item', 'thing', 'thing'] as const).map(simple));

export const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: step },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('transaction' as const),
        steps: fc.array(step, { minLength: 1, maxLength: 5 }),
        aborts: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(5, 20, 61) }),
    },
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);
