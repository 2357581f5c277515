import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Identity, newUser, startIdentity } from '../../support/identity.ts';

/**
 * One `where`, checked in two ways: by the adapter on rows that it read, and by DynamoDB in the condition of a write. Both have
 * to agree, or a guard would let through what a query does not find.
 */
let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

const options = {
  user: {
    additionalFields: {
      text: { type: 'string', required: false },
      amount: { type: 'number', required: false },
      flag: { type: 'boolean', required: false },
      at: { type: 'date', required: false },
      ttl: { type: 'string', required: false },
    },
  },
} as const;

/** Fields of every user that are not null. */
const fieldNames = ['text', 'name', 'email', 'createdAt', 'updatedAt'];

const texts = fc.constantFrom('', 'a', 'A', 'ab', 'b', 'é', '\u{1F600}', '\uFFFD', 'null');
const amounts = fc.constantFrom(0, -1, 1, 0.1, 1e21, Number.MAX_SAFE_INTEGER, -1e-7);
const dates = fc.constantFrom(new Date(0), new Date('2026-01-01T00:00:00.000Z'), new Date('2026-01-01T00:00:00.001Z'));
const values = { text: texts, amount: amounts, flag: fc.boolean(), at: dates, ttl: texts };
type Field = keyof typeof values;
const fields = fc.constantFrom(...(Object.keys(values) as Field[]));
const nullable = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });

const rows = fc.record(
  Object.fromEntries(Object.entries(values).map(([field, value]) => [field, nullable<unknown>(value)])),
);
const comparison = fields.chain((field) =>
  fc.record({
    field: fc.constant(field),
    operator: fc.constantFrom('eq', 'ne', 'lt', 'lte', 'gt', 'gte'),
    value: nullable<unknown>(values[field]),
  }),
);
const membership = fields.chain((field) =>
  fc.record({
    field: fc.constant(field),
    operator: fc.constantFrom('in', 'not_in'),
    value: fc.array(nullable<unknown>(values[field]), { maxLength: 3 }),
  }),
);
const pattern = fc.record({
  field: fc.constant('text'),
  operator: fc.constantFrom('contains', 'starts_with', 'ends_with'),
  value: texts,
  mode: fc.constantFrom('sensitive', 'insensitive'),
});
const clauses = fc
  .tuple(fc.oneof(comparison, membership, pattern), fc.constantFrom('AND', 'OR'))
  .map(([clause, connector]) => ({ ...clause, connector }));

test('queries and conditions agree', async () => {
  const adapter = identity.adapter({}, options);
  let agreed = 0;
  await fc.assert(
    fc.asyncProperty(rows, fc.array(clauses, { minLength: 1, maxLength: 3 }), async (row, generated) => {
      const { id } = await adapter.create({ model: 'user', data: newUser(row) });
      const where = [{ field: 'id', value: id }, ...generated] as Parameters<typeof adapter.findOne>[0]['where'];
      const found = await adapter.findOne({ model: 'user', where });
      const guarded = await adapter.incrementOne<{ name: string }>({
        model: 'user',
        where,
        increment: {},
        set: { name: 'met' },
      });
      expect(guarded?.name).toBe(found === null ? undefined : 'met');
      const consumed = await adapter.consumeOne({ model: 'user', where });
      expect(consumed === null).toBe(found === null);
      if (found) agreed++;
    }),
    { numRuns: 150, seed: 20261123 },
  );
  expect(agreed).toBeGreaterThan(10);
});

test.each([
  ['many clauses', 50, 2],
  ['the most clauses that a condition takes', 40, 2],
  ['many values', 10, 100],
])('no condition outgrows the 4 KB that DynamoDB takes: %s', async (_name, clauses, values) => {
  const adapter = identity.adapter({}, options);
  const { id } = await adapter.create({ model: 'user', data: newUser({ text: 'met' }) });
  const sizes: number[] = [];
  identity.client.middlewareStack.add(
    (next) => (args) => {
      const { ConditionExpression = '' } = args.input as { ConditionExpression?: string };
      sizes.push(ConditionExpression.length);
      return next(args);
    },
    { step: 'initialize', name: 'sizes', override: true },
  );
  const unequal = Array.from({ length: clauses }, (_, i) => ({
    field: fieldNames[i % fieldNames.length]!,
    operator: 'not_in' as const,
    value: [null, ...Array.from({ length: values - 1 }, (_, j) => `${i}-${j}`)].slice(0, values) as string[],
  }));
  const where = [{ field: 'id', value: id }, ...unequal.slice(1)];
  const set = { name: 'changed' };
  expect(await adapter.incrementOne({ model: 'user', where, increment: {}, set })).toMatchObject(set);
  expect(Math.max(...sizes)).toBeLessThan(4096);
  expect(await adapter.consumeOne({ model: 'user', where })).toMatchObject(set);
  expect(Math.max(...sizes)).toBeLessThan(4096);
  identity.client.middlewareStack.remove('sizes');
});

test('values come back as they were stored', async () => {
  const adapter = identity.adapter({}, options);
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }),
      async (row, text, amount) => {
        const data = { ...row, text, amount: Math.abs(amount) < 1e-100 ? 0 : amount };
        const { id } = await adapter.create({ model: 'user', data: newUser(data) });
        expect(await adapter.findOne({ model: 'user', where: [{ field: 'id', value: id }] })).toMatchObject(data);
      },
    ),
    { numRuns: 60, seed: 20261123 },
  );
});
